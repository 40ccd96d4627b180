"""What the person at the terminal reads."""

import sys

from marketplace.run.configuration import EVERYWHERE, Configuration


def say(text: str, end: str = "\n") -> None:
    """Print words of ours; a closed terminal is no reason to leave processes behind."""
    try:
        print(text, end=end, flush=True)  # noqa: T201
    except OSError:
        sys.stdout = None


def announce(configuration: Configuration, *, seconds: float) -> None:
    lines = [
        "",
        f"  Nông Sản Bình Phước is open ({seconds:.1f} s)",
        "",
        f"    Market    {configuration.site_url}/",
    ]
    if configuration.host in EVERYWHERE:
        lines.append(f"              and on every address of this machine, port {configuration.port}")
    if configuration.with_simulators:
        lines += [
            f"    Bank      {configuration.bank_url}/   (a pretended bank app: pay here)",
            f"    Codes     {configuration.site_url}/thu/ma-dang-nhap/   (login codes, instead of SMS)",
        ]
    if not configuration.reload:
        lines.append(f"    Logs      {configuration.logs}")
    lines += ["", "  Stop with Ctrl-C, or `make stop` from elsewhere.", ""]
    say("\n".join(lines))

"""What the person at the terminal reads."""

import sys
from collections.abc import Iterator

from marketplace.demo import records
from marketplace.run.configuration import EVERYWHERE, SIMULATORS, Configuration


def say(text: str, end: str = "\n") -> None:
    """Print words of ours; a closed terminal is no reason to leave processes behind."""
    try:
        print(text, end=end, flush=True)  # noqa: T201
    except OSError:
        sys.stdout = None


def demo_accounts() -> Iterator[tuple[str, str]]:
    """A phone number for each role of the demo market, with who that is and where to begin."""
    market = records.read()
    yield _dialled(market.buyers[0]), f"{market.buyers[0].full_name} buys"
    kinds = {seller.kind: seller for seller in reversed(market.sellers)}
    for seller in kinds.values():
        yield _dialled(seller), f"{seller.name} sells: /ban-hang/"
    yield _dialled(market.staff[0]), f"{market.staff[0].full_name} runs the market: /admin/ and /cms/"


def _dialled(account: records.Person | records.Seller) -> str:
    return account.phone.replace("+84", "0", 1)


def announce(configuration: Configuration, *, seconds: float) -> None:
    lines = [
        "",
        f"  Nông Sản Bình Phước is open ({seconds:.1f} s)",
        "",
        f"    Market    {configuration.site_url}/",
    ]
    if configuration.host in EVERYWHERE:
        lines.append(f"              and on every address of this machine, port {configuration.port}")
    if configuration.with_demo:
        lines += [
            f"    {name.title():<9} {configuration.simulator_url(name)}/   ({SIMULATORS[name]})"
            for name in configuration.simulators
        ]
        lines.append(
            f"    Codes     {configuration.site_url}/thu/ma-dang-nhap/   "
            "(login codes, instead of SMS and the staff's app)"
        )
        lines += ["", "    Sign in with one of these numbers and a code from the page of codes:"]
        lines += [f"      {phone}  {role}" for phone, role in demo_accounts()]
        lines.append("")
    if not configuration.reload:
        lines.append(f"    Logs      {configuration.logs}")
    lines += ["", "  Stop with Ctrl-C, or `make stop` from elsewhere.", ""]
    say("\n".join(lines))

"""What the operator chose, read from the environment before anything is started."""

import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from marketplace.run.errors import CannotRun

ROOT = Path(__file__).resolve().parents[2]
DEFAULT_SETTINGS = "marketplace.settings.local"
#: glibc gives freed memory back instead of keeping an arena for each thread: 5 MB of a web worker
FRUGAL = {
    "MALLOC_ARENA_MAX": "1",
    "MALLOC_MMAP_THRESHOLD_": "65536",
    "MALLOC_TRIM_THRESHOLD_": "131072",
}
EVERYWHERE = ("0.0.0.0", "::")
#: name -> for whom it stands in. Each is a package of payments.simulators, on the ports after the market's own.
SIMULATORS = {
    "bank": "a pretended bank app: pay here",
    "vnpay": "a pretended VNPAY: bank cards",
    "momo": "a pretended MoMo wallet",
    "zalopay": "a pretended ZaloPay wallet",
    "stripe": "a pretended Stripe: foreign cards",
}


@dataclass(frozen=True)
class Configuration:
    """One way of running: `reload` is `make dev`. `simulators`: name -> port; none in production."""

    host: str
    port: int
    simulators: Mapping[str, int]
    var: Path
    settings: str
    reload: bool

    @property
    def with_demo(self) -> bool:
        return not self.settings.endswith(".production")

    @property
    def nearby_host(self) -> str:
        """An address of the web server for use on this machine."""
        return "127.0.0.1" if self.host in EVERYWHERE else self.host

    @property
    def site_url(self) -> str:
        return os.environ.get("SITE_URL") or f"http://{self.nearby_host}:{self.port}"

    def simulator_url(self, name: str) -> str:
        return f"http://{self.nearby_host}:{self.simulators[name]}"

    @property
    def logs(self) -> Path:
        """What the children say goes here, one file each; under `make dev` it goes to the terminal."""
        return self.var / "log"

    @property
    def uses_own_services(self) -> bool:
        return not (os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))

    def environment(self) -> dict[str, str]:
        """What every child process is told; the operator's own words come first."""
        simulators = {port_variable(name): str(port) for name, port in self.simulators.items()}
        return {
            "DJANGO_SETTINGS_MODULE": self.settings,
            "DEBUG": "1" if self.reload else "",
            "SITE_URL": self.site_url,
            "ALLOWED_HOSTS": ",".join(self._own_names()),
            "PYTHONUNBUFFERED": "1",
            **FRUGAL,
            **({"SIMULATOR_HOST": self.host, **simulators} if simulators else {}),
            **{name: value for name, value in os.environ.items() if value},
        }

    def _own_names(self) -> list[str]:
        """Hosts that visitors may ask for: with HOST=0.0.0.0 every address of this machine."""
        names = ["127.0.0.1", "localhost", "[::1]"]
        if self.host not in EVERYWHERE:
            return [*names, self.host]
        addresses = (address for entries in psutil.net_if_addrs().values() for address in entries)
        return [*names, socket.gethostname(), *(a.address for a in addresses if a.family == socket.AF_INET)]


def from_environment(*, reload: bool) -> Configuration:
    """Read HOST, PORT, VAR_DIR, DJANGO_SETTINGS_MODULE and each simulator's port. Raises CannotRun."""
    port = _port("PORT", 8000)
    settings = os.environ.get("DJANGO_SETTINGS_MODULE") or DEFAULT_SETTINGS
    pretended = () if settings.endswith(".production") else SIMULATORS
    return Configuration(
        host=os.environ.get("HOST") or "127.0.0.1",
        port=port,
        simulators={name: _port(port_variable(name), port + at) for at, name in enumerate(pretended, 1)},
        var=Path(os.environ.get("VAR_DIR") or ROOT / "var").resolve(),
        settings=settings,
        reload=reload,
    )


def port_variable(name: str) -> str:
    """The environment variable with a simulator's port, for the market and for the simulator alike."""
    return f"{name.upper()}_SIMULATOR_PORT"


def _port(name: str, default: int) -> int:
    text = os.environ.get(name) or str(default)
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CannotRun(f"{name} must be a number from 1 to 65535, not {text!r}.")
    return int(text)

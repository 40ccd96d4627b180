"""A market started as `make run` starts it, on spare ports and in a `var` folder of the tests."""

import contextlib
import os
import signal
import subprocess
import sys
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from marketplace.demo import records
from marketplace.embedded.ports import free_port
from marketplace.run import leftovers
from marketplace.run.configuration import ROOT, SIMULATORS, port_variable
from tests.embedded.processes import keeper_of, servers_of
from tests.waiting import wait_for

#: Kept between runs of the suite, so that only the first has to migrate and to compress.
VAR = ROOT / "var" / "test" / "run"
OPEN = "Nông Sản Bình Phước is open"
FIRST_START = 400  # seconds: migrations and compression, on a machine that tests other things too


@dataclass
class Market:
    port: int = field(default_factory=free_port)
    simulators: dict[str, int] = field(default_factory=lambda: {name: free_port() for name in SIMULATORS})
    arguments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        VAR.mkdir(parents=True, exist_ok=True)
        self.output = VAR / f"output-{self.port}.txt"
        inherited = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "MAKELEVEL"}
        environment = {name: value for name, value in os.environ.items() if name not in inherited}
        environment |= {
            "VAR_DIR": str(VAR),
            "PORT": str(self.port),
            **{port_variable(name): str(port) for name, port in self.simulators.items()},
        }
        with self.output.open("wb") as output:
            self.process = psutil.Popen(
                [sys.executable, "-m", "marketplace.run", *self.arguments],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_open(self) -> "Market":
        wait_for(lambda: OPEN in self.said() or self.process.poll() is not None, OPEN, seconds=FIRST_START)
        assert OPEN in self.said(), self.said()
        return self

    def wait_for_end(self) -> int:
        return int(self.process.wait(60))

    def end(self) -> int:
        """Ask it to stop and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.wait_for_end()

    def phone_of(self, farm: str) -> str:
        """The number of the farm at "/nha-vuon/<code>/", as people dial it."""
        code = farm.strip("/").rpartition("/")[2]
        seller = next(one for one in records.read().sellers if one.code == code)
        return seller.phone.replace("+84", "0", 1)

    def get(self, path: str, *, port: int | None = None, **headers: str) -> urllib.request.Request:
        url = f"http://127.0.0.1:{port or self.port}{path}"
        request = urllib.request.Request(url, headers={k.replace("_", "-"): v for k, v in headers.items()})
        return urllib.request.urlopen(request, timeout=30)


def tree(of: Market) -> list[psutil.Process]:
    """Every process that a running market consists of, the private servers included."""
    keeper = keeper_of(VAR)
    found = {of.process.pid: of.process, keeper.pid: keeper}
    for process in (*leftovers.marked(VAR), *servers_of(VAR), *of.process.children(recursive=True)):
        found[process.pid] = process
    return list(found.values())


def commands(words: str) -> list[psutil.Process]:
    """The market's processes with these words on their command line."""
    found = []
    for process in leftovers.marked(VAR):
        with contextlib.suppress(psutil.Error):  # it may be ending
            if words in " ".join(process.cmdline()):
                found.append(process)
    return found


def log(name: str) -> Path:
    return VAR / "log" / f"{name}.log"

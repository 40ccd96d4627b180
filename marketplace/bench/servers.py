"""Two workers of an application server, and what wrk gets out of them."""

import itertools
import os
import re
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from django.conf import settings

from marketplace.run.children import THREADS_PER_WORKER, WEB_WORKERS
from marketplace.run.configuration import FRUGAL

#: asks for another address each time, in no load for one of another, so that no cache of pages answers
UNCACHED = """
local n = 0
request = function()
  n = n + 1
  return wrk.format("GET", wrk.path .. (wrk.path:find("?") and "&" or "?") .. "b={load}." .. n)
end
"""
LOADS = itertools.count()
OURS, BARE = "marketplace.bench.ours:application", "marketplace.bench.bare:application"
UNITS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


def command(server: str, application: str, port: int) -> list[str]:
    """gunicorn's sync workers, with which the targets were set, or granian as `make run` starts it."""
    if server == "gunicorn":
        place = ("--workers", str(WEB_WORKERS), "--bind", f"127.0.0.1:{port}")
        return [sys.executable, "-m", "gunicorn", *place, application]
    workers = ("--workers", str(WEB_WORKERS), "--blocking-threads", str(THREADS_PER_WORKER))
    return [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        *workers,
        application,
    ]


@dataclass(frozen=True)
class Served:
    """An application that answers at `port`."""

    port: int
    process: psutil.Process

    def read(self, path: str) -> bytes:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
            body: bytes = answer.read()
            return body

    def throughput(self, path: str, *, seconds: int, cached: bool) -> float:
        """Requests a second at 16 connections."""
        return float(_found(r"Requests/sec:\s+([\d.]+)", self._load(path, 16, seconds, cached))[1])

    def median(self, path: str, *, seconds: int, cached: bool) -> float:
        """Milliseconds of half the requests, one after the other."""
        found = _found(r"50%\s+([\d.]+)(us|ms|s)", self._load(path, 1, seconds, cached))
        return float(found[1]) * UNITS[found[2]]

    def peak(self) -> int:
        """Megabytes of the largest worker at its peak."""
        return max(_peak(process) for process in self.process.children(recursive=True) or [self.process])

    def _load(self, path: str, connections: int, seconds: int, cached: bool) -> str:
        for _ in range(6):
            self.read(path)
        with tempfile.NamedTemporaryFile("w", suffix=".lua") as script:
            script.write("" if cached else UNCACHED.format(load=next(LOADS)))
            script.flush()
            load = ("-t", str(min(connections, 2)), "-c", str(connections), "-d", f"{seconds}s", "--latency")
            target = f"http://127.0.0.1:{self.port}{path}"
            made = subprocess.run(["wrk", *load, "-s", script.name, target], capture_output=True, text=True)
        if refused := re.search(r"Non-2xx or 3xx responses: (\d+)", made.stdout):
            raise SystemExit(f"{path}: {refused[1]} answers were errors")
        return made.stdout


@contextmanager
def served(server: str, application: str, port: int, extra: Mapping[str, str]) -> Iterator[Served]:
    environment = {**os.environ, **FRUGAL, "REDIS_URL": settings.REDIS_URL, "LOG_LEVEL": "ERROR", **extra}
    process = subprocess.Popen(
        command(server, application, port),
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        answering = Served(port, psutil.Process(process.pid))
        _wait(answering, process)
        yield answering
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(answering: Served, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            answering.read("/")
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit(f"The server did not start on port {answering.port}.")


def _found(pattern: str, report: str) -> re.Match[str]:
    found = re.search(pattern, report)
    if found is None:
        raise SystemExit(f"wrk answered: {report}")
    return found


def _peak(process: psutil.Process) -> int:
    found = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    return int(found[1]) // 1024 if found else 0

"""What starting, watching and stopping a server has in common."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from marketplace.embedded.errors import ServiceError
from marketplace.embedded.locks import POLL_SECONDS
from marketplace.embedded.system_user import SystemUser

ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
DISK_FULL = "No space left on device"


def spawn(
    command: list[str], *, user: SystemUser, cwd: Path, log: Path, stop_signal: int
) -> subprocess.Popen[bytes]:
    """Start a server as `user`, its output in `log`; Linux sends it `stop_signal` if our process dies."""
    with log.open("ab") as output:
        process: subprocess.Popen[bytes] = subprocess.Popen(
            command,
            cwd=cwd,
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_signal_on_parent_death(stop_signal),
            **user.popen_arguments(),  # type: ignore[call-overload]
        )
    return process


def _signal_on_parent_death(number: int) -> Callable[[], None] | None:
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, number)


def wait_until(
    ready: Callable[[], bool], process: subprocess.Popen[bytes], *, seconds: float, name: str, log: Path
) -> None:
    """Wait for `ready`; raise ServiceError with the last words of `log` if the server ends or is late."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise ServiceError(explain(name, log.read_text(errors="replace"), log))
        if time.monotonic() > deadline:
            end(process, signal.SIGKILL)
            raise ServiceError(f"{name} was not ready within {seconds:.0f} s; see {log}.")
        time.sleep(POLL_SECONDS)


def explain(name: str, output: str, log: Path) -> str:
    """One sentence for why a server did not start."""
    if DISK_FULL in output:
        return f"The disk is full: {name} cannot write under {log.parent}; free some space and run again."
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return f"{name} did not start: {lines[-1] if lines else 'it said nothing'} (see {log})."


def fresh_log(path: Path) -> Path:
    """Begin a new log and keep the one of the last start as `.old`."""
    if path.exists():
        path.replace(path.with_suffix(".old"))
    path.touch(mode=0o600)
    return path


def end(process: subprocess.Popen[bytes], *signals: int, patience: float = 20) -> None:
    """Send each signal in turn until the process has ended, waiting `patience` seconds after each."""
    for number in (*signals, signal.SIGKILL):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue


def end_orphans(argument: str, stop_signal: int, *, patience: float = 20) -> None:
    """End servers left over from a killed keeper: those with `argument` (our own path) on their command line.

    Looking for the path and not for a remembered process id, no stranger who got that id is ever hit.
    """
    orphans = [p for p in psutil.process_iter(["cmdline"]) if argument in (p.info["cmdline"] or ())]
    for process in orphans:
        process.send_signal(stop_signal)
    _, alive = psutil.wait_procs(orphans, timeout=patience)
    for process in alive:
        process.kill()
    psutil.wait_procs(alive, timeout=patience)

"""`python -m marketplace.run.guard VAR`: outlives a killed `run` for as long as it takes to end its children.

It waits at the other end of a pipe, which the kernel closes however `run` ends.
"""

import os
import subprocess
import sys
from pathlib import Path

from marketplace.embedded import locks
from marketplace.run import leftovers
from marketplace.run.configuration import ROOT

ALL_WELL = b"."


def start(var: Path) -> subprocess.Popen[bytes]:
    """Start the guard; give the result to `dismiss` once everything has been stopped in order."""
    command = [sys.executable, "-m", "marketplace.run.guard", str(var)]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True)


def dismiss(guard: subprocess.Popen[bytes]) -> None:
    guard.communicate(ALL_WELL)


def lock_file(var: Path) -> Path:
    """Locked while a guard is there, so that the next run can wait until a killed one is cleared away."""
    return var / "run" / "guard.lock"


def watch(var: Path) -> None:
    lock = locks.open_lock(lock_file(var))
    locks.try_lock(lock)
    if sys.stdin.buffer.read() != ALL_WELL:
        leftovers.end(var)
    os.close(lock)


if __name__ == "__main__":
    watch(Path(sys.argv[1]))

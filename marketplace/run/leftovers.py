"""Find and end every process of a run, also when nobody is left who knows their numbers.

Each process of the tree inherits MARKETPLACE_RUN with the path of its `var` folder, so none is taken for another's.
"""

import contextlib
import signal
import time
from pathlib import Path

import psutil

MARK = "MARKETPLACE_RUN"
PATIENCE = 25  # seconds; the worker's soft shutdown gives a running task part of it


def marked(var: Path) -> list[psutil.Process]:
    """All living processes of the run in `var`."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == str(var) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def end(var: Path, *, patience: float = PATIENCE) -> None:
    """End them all: parents first, since they know how to end their children; by force after `patience` s."""
    deadline = time.monotonic() + patience
    while (processes := marked(var)) and time.monotonic() < deadline:
        numbers = {process.pid for process in processes}
        for process in processes:
            with contextlib.suppress(psutil.NoSuchProcess):
                if process.ppid() not in numbers:
                    process.send_signal(signal.SIGTERM)
        psutil.wait_procs(processes, timeout=1)
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(processes, timeout=5)

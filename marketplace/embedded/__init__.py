"""PostgreSQL and Valkey of our own, for machines where nobody has set up any.

    services = ensure(Path("var"))      # running now, until this process and all others that asked have ended
    services.database_url, services.redis_url

The servers belong to a keeper process that lives as long as anybody uses them. "Uses" is a shared lock on a
file: the kernel drops it however a process ends, so a run killed with SIGKILL leaves neither servers nor
stale files behind.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from marketplace.embedded import locks
from marketplace.embedded.errors import ServiceError
from marketplace.embedded.places import Places, outside_home, prepare, state_folder
from marketplace.embedded.system_user import server_user

__all__ = ["ServiceError", "Services", "ensure", "erase", "lease", "release", "stop"]

CHECKOUT = Path(__file__).resolve().parents[2]
START_SECONDS = 180
STOP_SECONDS = 60

_leases: dict[Path, int] = {}
_keepers: dict[Path, subprocess.Popen[bytes]] = {}


@dataclass(frozen=True)
class Services:
    """Addresses of the running servers; both contain what is needed to log in, so keep them private."""

    database_url: str
    redis_url: str


def ensure(var: Path, *, durable: bool = True) -> Services:
    """Return the running servers of `var`, started if they were not, and hold them while this process lives.

    Safe to call from several processes at once and several times in one. `durable=False` (tests) makes them
    faster and lets a power cut destroy their data. Raises ServiceError, one sentence for the operator.
    """
    places = prepare(var, server_user())
    start_lock = locks.open_lock(places.start_lock)
    try:
        locks.lock_within(start_lock, START_SECONDS, what="another process to start the databases")
        if places.state not in _leases:
            _leases[places.state] = _take_lease(places)
        if locks.is_locked(places.keeper_lock) and places.services.exists():
            return Services(**json.loads(places.services.read_text()))
        return _start_keeper(places, var, durable=durable)
    except OSError as error:
        raise ServiceError(f"The databases cannot be started: {error}.") from error
    finally:
        os.close(start_lock)


def lease(var: Path) -> int:
    """The descriptor of this process's hold on the servers: a child that inherits it holds them too."""
    return _leases[state_folder(var)]


def release(var: Path) -> None:
    """Let go of the servers; they stop if nobody else uses them, and then this waits for their end."""
    state = state_folder(var)
    if (descriptor := _leases.pop(state, None)) is None:
        return
    os.close(descriptor)
    ended = locks.wait_until_free(state / "keeper.lock", STOP_SECONDS, unless_shared=state / "lease.lock")
    if ended and (keeper := _keepers.pop(state, None)):
        keeper.wait()  # it was our child: leave no zombie


def stop(var: Path) -> bool:
    """Stop the servers of `var` whoever uses them; False if none ran. Raises ServiceError if they go on."""
    keeper_lock = state_folder(var) / "keeper.lock"
    if not locks.is_locked(keeper_lock):
        return False
    os.kill(int(keeper_lock.read_text()), signal.SIGTERM)  # the lock proves that the number is the keeper's
    if not locks.wait_until_free(keeper_lock, STOP_SECONDS):
        raise ServiceError(f"The databases did not stop within {STOP_SECONDS} s; see {keeper_lock.parent}.")
    return True


def erase(var: Path) -> None:
    """Stop the servers of `var` and delete all their data, wherever it is."""
    stop(var)
    if (descriptor := _leases.pop(state_folder(var), None)) is not None:
        os.close(descriptor)
    for folder in (outside_home(var), state_folder(var)):
        shutil.rmtree(folder, ignore_errors=True)


def _take_lease(places: Places) -> int:
    """Hold the lease, after the end of a keeper that is just stopping."""
    descriptor = locks.open_lock(places.lease)
    locks.lock_within(descriptor, STOP_SECONDS, what="the databases to finish stopping", shared=True)
    return descriptor


def _start_keeper(places: Places, var: Path, *, durable: bool) -> Services:
    locks.wait_until_free(places.keeper_lock, STOP_SECONDS)
    command = [sys.executable, "-m", "marketplace.embedded.keeper", str(var.resolve())]
    with places.log.open("wb") as log:
        keeper = subprocess.Popen(
            command if durable else [*command, "--forgetful"],
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
        )
    assert keeper.stdout is not None
    with keeper.stdout:
        report = json.loads(keeper.stdout.readline() or "{}")
    _keepers[places.state] = keeper
    if "database_url" in report:
        return Services(**report)
    raise ServiceError(report.get("error") or f"The databases did not start; see {places.log}.")

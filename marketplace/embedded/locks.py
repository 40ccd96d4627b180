"""Advisory file locks. The kernel drops them when their holder dies, so none is ever stale."""

import fcntl
import os
import time
from pathlib import Path

from marketplace.embedded.errors import ServiceError

POLL_SECONDS = 0.05


def open_lock(path: Path) -> int:
    """Return a descriptor for `path`, made if missing; it is not inherited by other programs."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


def try_lock(descriptor: int, *, shared: bool = False) -> bool:
    """Take the lock at once, or return False if someone else's lock stands in the way."""
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def lock_within(descriptor: int, seconds: float, *, what: str, shared: bool = False) -> None:
    """Take the lock, waiting at most `seconds`; raise ServiceError naming `what` we waited for."""
    deadline = time.monotonic() + seconds
    while not try_lock(descriptor, shared=shared):
        if time.monotonic() > deadline:
            raise ServiceError(f"Waited {seconds:.0f} s for {what}; run `make stop` and try again.")
        time.sleep(POLL_SECONDS)


def is_locked(path: Path) -> bool:
    """Whether somebody holds the lock exclusively (asking takes a shared lock for an instant)."""
    if not path.exists():
        return False
    descriptor = open_lock(path)
    try:
        return not try_lock(descriptor, shared=True)
    finally:
        os.close(descriptor)


def is_shared(path: Path) -> bool:
    """Whether others hold the lock in common: it cannot be had alone, but can be joined."""
    descriptor = open_lock(path)
    try:
        return not try_lock(descriptor) and try_lock(descriptor, shared=True)
    finally:
        os.close(descriptor)


def wait_until_free(path: Path, seconds: float, *, unless_shared: Path | None = None) -> bool:
    """Wait until nobody holds the lock exclusively; False if somebody still does after `seconds`.

    Gives up, False, at once while the lock `unless_shared` is held in common.
    """
    deadline = time.monotonic() + seconds
    while is_locked(path):
        if time.monotonic() > deadline or (unless_shared and is_shared(unless_shared)):
            return False
        time.sleep(POLL_SECONDS)
    return True

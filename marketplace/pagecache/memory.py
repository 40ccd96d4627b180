"""What a web worker keeps between requests: answers that hold until something they were made of changes."""

import time
from collections.abc import Callable, Hashable
from functools import wraps
from typing import ParamSpec, TypeVar

from marketplace.pagecache import services

P = ParamSpec("P")
T = TypeVar("T")

#: seconds between two looks at the counter of changes
LOOK_EVERY = 1
#: answers of one function that are kept; beyond that it begins anew
MOST = 512

_emptied: list[Callable[[], None]] = []
_seen: list[tuple[float, bytes | None]] = []


def remembered(stamp: Callable[[], Hashable]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep what a function of hashable arguments returned for as long as `stamp()` stays the same.

    The stamp is read before the function is asked, so that a change meanwhile makes the answer old. A stamp
    of None keeps nothing. Nobody may change an answer: others hold it too.
    """

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        kept: dict[Hashable, tuple[Hashable, T]] = {}
        _emptied.append(kept.clear)

        @wraps(function)
        def answer(*args: P.args, **kwargs: P.kwargs) -> T:
            now, key = stamp(), (args, tuple(kwargs.items()))
            known = kept.get(key)
            if known and now is not None and known[0] == now:
                return known[1]
            found = function(*args, **kwargs)
            if now is not None:
                _keep(kept, key, (now, found))
            return found

        return answer

    return decorate


def unchanged() -> bytes | None:
    """Stamp of what is sold: the counter that every change of a listing or page moves, LOOK_EVERY old at most."""
    now = time.monotonic()
    if not _seen or now - _seen[0][0] > LOOK_EVERY:
        _seen[:] = [(now, services.version())]
    return _seen[0][1]


def for_seconds(seconds: int) -> Callable[[], int]:
    """Stamp that changes every so many seconds, for what may be that old."""
    return lambda: int(time.monotonic() // seconds)


def forget() -> None:
    """Empty the memory of this process."""
    _seen.clear()
    for clear in _emptied:
        clear()


def _keep(kept: dict[Hashable, tuple[Hashable, T]], key: Hashable, entry: tuple[Hashable, T]) -> None:
    if len(kept) >= MOST:
        kept.clear()
    kept[key] = entry

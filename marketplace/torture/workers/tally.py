"""What beats and workers of the attacked market ask for and do: counted in its Valkey by each of their processes."""

from collections import Counter
from typing import NamedTuple

import redis
from django.conf import settings

ASKED, DONE, READY, GATE = (f"torture:{what}" for what in ("asked", "done", "ready", "gate"))


EXPIRED = "EXPIRED"


class Wish(NamedTuple):
    """A task that `asker`, as Celery names its process, asked for."""

    asker: str
    task: str


class Deed(NamedTuple):
    """What `worker` did of it: `end` is a state of Celery's, or EXPIRED where it came too late to be of use."""

    worker: str
    asker: str
    task: str
    end: str


class Tally:
    """Lines to Valkey are opened when they are needed, so that each forked process has its own."""

    def __init__(self) -> None:
        self._valkey = redis.from_url(settings.REDIS_URL, decode_responses=True)

    def forget(self) -> None:
        self._valkey.delete(ASKED, DONE, READY, GATE)

    def note_asked(self, wish: Wish) -> None:
        """Before the broker is told, so that never more was done than asked for."""
        self._valkey.hincrby(ASKED, " ".join(wish), 1)

    def note_done(self, deed: Deed) -> None:
        self._valkey.hincrby(DONE, " ".join(deed), 1)

    def asked(self) -> Counter[Wish]:
        found = self._valkey.hgetall(ASKED)
        return Counter({Wish(*str(wish).split(" ")): int(times) for wish, times in found.items()})

    def done(self) -> Counter[Deed]:
        found = self._valkey.hgetall(DONE)
        return Counter({Deed(*str(deed).split(" ")): int(times) for deed, times in found.items()})

    def left(self) -> Counter[Wish]:
        """Not done yet; empty only if there was a moment without any.

        What the web asks for is not in it: there nobody counts.
        """
        done = Counter[Wish]()
        for deed, times in self.done().items():
            done[Wish(deed.asker, deed.task)] += times
        return self.asked() - done

    def ready(self) -> int:
        """Processes that could begin."""
        return int(self._valkey.get(READY) or 0)

    def note_ready(self) -> None:
        self._valkey.incr(READY)

    def wait_at_the_gate(self) -> None:
        self._valkey.blpop([GATE])

    def open_the_gate(self, waiting: int) -> None:
        """All who wait go on at the same moment."""
        self._valkey.rpush(GATE, *range(waiting))

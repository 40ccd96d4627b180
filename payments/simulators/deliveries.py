"""Notifications for the shop: what is sent, when it is tried again, and which answer ends it."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Judge = Callable[[int, bytes], tuple[bool, str]]
"""Takes HTTP status and body of an answer; says whether it was accepted, and what is wrong with it if anything."""


class Clock:
    """Seconds since 1970, ahead of the real clock by what it was advanced."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def real(self) -> float:
        """The clock of the shop, which nobody puts forward."""
        return time.time()

    def from_real(self, seconds: float) -> float:
        """A moment that the shop wrote down, on this clock."""
        return seconds + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass(frozen=True)
class Request:
    url: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


def any_2xx(status: int, body: bytes) -> tuple[bool, str]:
    return 200 <= status < 300, ""


@dataclass(frozen=True)
class Plan:
    """Minutes after the event at which it is told until accepted; how long each answer may take."""

    minutes: tuple[float, ...]
    answer_seconds: float = 30
    judge: Judge = any_2xx


@dataclass
class Attempt:
    """One try: ``status`` 0 when nothing answered; ``at`` in seconds of the simulator's clock.

    ``error`` is what went wrong, or what the answer does against the protocol although it was accepted.
    """

    at: float
    status: int
    accepted: bool
    error: str = ""


@dataclass
class Delivery:
    """One notification by ``notifier``. ``first`` is when its first attempt is due.

    ``build`` is asked at every attempt, since some notifiers sign the moment of sending.
    """

    notifier: str
    build: Callable[[], Request]
    plan: Plan
    first: float
    attempts: list[Attempt] = field(default_factory=list)
    sending: bool = False
    withdrawn: bool = False

    @property
    def delivered(self) -> bool:
        return any(attempt.accepted for attempt in self.attempts)

    @property
    def due(self) -> float | None:
        """When the next attempt is due; None when it arrived, was given up or is being sent."""
        tries = len(self.attempts)
        if self.withdrawn or self.sending or self.delivered or tries == len(self.plan.minutes):
            return None
        return self.first + self.plan.minutes[tries] * 60

    @property
    def finished(self) -> bool:
        return self.due is None and not self.sending

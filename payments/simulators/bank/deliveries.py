"""Notifications on their way to the shop, tried again by SePay's plan on a clock that can be advanced."""

import http.client
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from payments.simulators.bank import sepay

log = logging.getLogger(__name__)


class Clock:
    """Seconds since 1970, ahead of the real clock by what it was advanced."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass
class Attempt:
    """One try: ``status`` 0 when nothing answered; ``at`` in seconds of the simulator's clock."""

    at: float
    status: int
    error: str = ""

    @property
    def succeeded(self) -> bool:
        return 200 <= self.status < 300


@dataclass
class Delivery:
    """One notification. ``first`` is when its first attempt is due."""

    body: bytes
    secret: str
    first: float
    attempts: list[Attempt] = field(default_factory=list)
    sending: bool = False

    @property
    def delivered(self) -> bool:
        return any(attempt.succeeded for attempt in self.attempts)

    @property
    def due(self) -> float | None:
        """When the next attempt is due; None when it arrived, was given up or is being sent."""
        tries = len(self.attempts)
        if self.sending or self.delivered or tries == len(sepay.RETRY_MINUTES):
            return None
        return self.first + sepay.RETRY_MINUTES[tries] * 60

    @property
    def finished(self) -> bool:
        return self.due is None and not self.sending


class Courier:
    """Sends deliveries to ``notify_url``, and only there, when they are due."""

    def __init__(self, notify_url: str, clock: Clock) -> None:
        self.clock = clock
        self.deliveries: list[Delivery] = []
        self._post = _poster(notify_url)
        self._changed = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    def add(self, delivery: Delivery) -> None:
        with self._changed:
            self.deliveries.append(delivery)
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        with self._changed:
            self.clock.advance(seconds)
            self._changed.notify_all()

    def settle(self, timeout: float) -> bool:
        """Wait until nothing that is due by now remains unsent, at most ``timeout`` seconds."""
        with self._changed:
            return self._changed.wait_for(self._is_settled, timeout)

    def _is_settled(self) -> bool:
        return not self._due_now() and not any(delivery.sending for delivery in self.deliveries)

    def _due_now(self) -> list[Delivery]:
        now = self.clock.now()
        return [delivery for delivery in self.deliveries if delivery.due is not None and delivery.due <= now]

    def _run(self) -> None:
        with self._changed:
            while True:
                for delivery in self._due_now():
                    delivery.sending = True
                    # Daemons: a shop that does not answer must not keep the process from ending.
                    threading.Thread(target=self._send, args=(delivery,), daemon=True).start()
                self._changed.wait(self._seconds_to_next())

    def _seconds_to_next(self) -> float | None:
        upcoming = [delivery.due for delivery in self.deliveries if delivery.due is not None]
        return max(0.0, min(upcoming) - self.clock.now()) if upcoming else None

    def _send(self, delivery: Delivery) -> None:
        status, error = self._post(delivery.body, sepay.headers(delivery.body, delivery.secret))
        log.info("notified the shop: %s %s", status or "no answer", error)
        with self._changed:
            delivery.attempts.append(Attempt(at=self.clock.now(), status=status, error=error))
            delivery.sending = False
            self._changed.notify_all()


def _poster(url: str) -> Callable[[bytes, dict[str, str]], tuple[int, str]]:
    """A function that POSTs to ``url`` without following redirects and returns (status, error)."""
    target = urlsplit(url)
    secure = target.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection

    def post(body: bytes, headers: dict[str, str]) -> tuple[int, str]:
        connection = kind(target.hostname or "", target.port, timeout=sepay.ANSWER_SECONDS)
        try:
            connection.request("POST", target.path or "/", body, headers)
            return connection.getresponse().status, ""
        except (OSError, http.client.HTTPException) as error:
            return 0, str(error) or type(error).__name__
        finally:
            connection.close()

    return post

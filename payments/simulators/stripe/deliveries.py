"""Webhooks on their way to the shop, repeated for up to three days on a clock that can be advanced."""

import hashlib
import hmac
import http.client
import threading
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

RETRY_MINUTES = (0, 1, 5, 30, 120, 360, 720, 1440, 2880, 4320)
"""Three days, further and further apart; Stripe publishes the three days, not the steps."""
ANSWER_SECONDS = 20


class Clock:
    """Seconds since 1970, ahead of the real clock by what it was advanced."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def now(self) -> float:
        return time.time() + self._ahead

    def advance(self, seconds: float) -> None:
        self._ahead += seconds


@dataclass
class Delivery:
    """One event for the shop. ``statuses`` holds the answers so far, 0 where nothing answered."""

    event_id: str
    kind: str
    body: bytes
    secret: str
    first: float
    statuses: list[int] = field(default_factory=list)
    sending: bool = False

    @property
    def delivered(self) -> bool:
        return any(200 <= status < 300 for status in self.statuses)

    @property
    def due(self) -> float | None:
        """When it is sent next; None when it arrived, was given up or is being sent."""
        if self.sending or self.delivered or len(self.statuses) == len(RETRY_MINUTES):
            return None
        return self.first + RETRY_MINUTES[len(self.statuses)] * 60


class Courier:
    """Sends deliveries to ``notify_url``, and only there, when they are due."""

    def __init__(self, notify_url: str, clock: Clock) -> None:
        self.clock = clock
        self.deliveries: list[Delivery] = []
        self._url = urlsplit(notify_url)
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
                    threading.Thread(target=self._send, args=(delivery,), daemon=True).start()
                upcoming = [delivery.due for delivery in self.deliveries if delivery.due is not None]
                self._changed.wait(max(0.0, min(upcoming) - self.clock.now()) if upcoming else None)

    def _send(self, delivery: Delivery) -> None:
        status = self._post(delivery)
        with self._changed:
            delivery.statuses.append(status)
            delivery.sending = False
            self._changed.notify_all()

    def _post(self, delivery: Delivery) -> int:
        secure = self._url.scheme == "https"
        kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
        connection = kind(self._url.hostname or "", self._url.port, timeout=ANSWER_SECONDS)
        try:
            connection.request("POST", self._url.path or "/", delivery.body, _headers(delivery))
            return connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()


def _headers(delivery: Delivery) -> dict[str, str]:
    """Every attempt is signed anew, with the real time, so that late ones are fresh when they come."""
    at = str(int(time.time()))
    mac = hmac.new(delivery.secret.encode(), at.encode() + b"." + delivery.body, hashlib.sha256)
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": f"t={at},v1={mac.hexdigest()}",
    }

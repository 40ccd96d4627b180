"""Carries notifications to the shop when they are due, on a clock that can be advanced."""

import http.client
import logging
import threading
from collections.abc import Sequence
from urllib.parse import urlsplit

from payments.simulators.deliveries import Attempt, Clock, Delivery, Request

log = logging.getLogger(__name__)

ANSWER_LIMIT = 64 * 1024
SETTLE_SECONDS = 10
"""How long a tap or an order of a test waits for the shop's first answer."""


class Courier:
    """Sends each delivery to the address it names, without following redirects."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.deliveries: list[Delivery] = []
        self._changed = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    def add(self, delivery: Delivery) -> None:
        with self._changed:
            self.deliveries.append(delivery)
            self._changed.notify_all()

    def withdraw(self, deliveries: Sequence[Delivery]) -> None:
        """Never send them, nor send them again."""
        withdrawn = {id(delivery) for delivery in deliveries}
        with self._changed:
            self.deliveries = [one for one in self.deliveries if id(one) not in withdrawn]
            self._changed.notify_all()

    def advance(self, seconds: float) -> None:
        with self._changed:
            self.clock.advance(seconds)
            self._changed.notify_all()

    def settle(self, timeout: float = SETTLE_SECONDS) -> bool:
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
        status, body, error = _exchange(delivery.build(), delivery.plan.answer_seconds)
        accepted, remark = delivery.plan.judge(status, body) if status else (False, error)
        log.info("notified the shop: %s %s", status or "no answer", remark)
        with self._changed:
            delivery.attempts.append(Attempt(self.clock.now(), status, accepted, remark))
            delivery.sending = False
            self._changed.notify_all()


def _exchange(request: Request, seconds: float) -> tuple[int, bytes, str]:
    """(status, body, error); status 0 when nothing that is HTTP answered."""
    target = urlsplit(request.url)
    secure = target.scheme == "https"
    kind = http.client.HTTPSConnection if secure else http.client.HTTPConnection
    connection = kind(target.hostname or "", target.port, timeout=seconds)
    path = (target.path or "/") + (f"?{target.query}" if target.query else "")
    try:
        connection.request(request.method, path, request.body or None, dict(request.headers))
        response = connection.getresponse()
        return response.status, response.read(ANSWER_LIMIT), ""
    except (OSError, http.client.HTTPException) as error:
        return 0, b"", str(error) or type(error).__name__
    finally:
        connection.close()

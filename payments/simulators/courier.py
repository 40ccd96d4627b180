"""Carries notifications to the shop when they are due, on a clock that can be advanced."""

import heapq
import http.client
import itertools
import logging
import threading
from collections.abc import Sequence
from urllib.parse import urlsplit

from payments.simulators.deliveries import Attempt, Clock, Delivery, Request

log = logging.getLogger(__name__)

ANSWER_LIMIT = 64 * 1024
SETTLE_SECONDS = 10
"""How long a tap or an order of a test waits for the shop's first answer."""
LINES = 16
"""Notifications on their way at the same moment; whatever else is due waits for its turn."""


class Courier:
    """Sends each delivery to the address it names, without following redirects: first what was due first."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.deliveries: list[Delivery] = []
        self._waiting: list[tuple[float, int, Delivery]] = []
        """A heap, by when they are due; what is due at the same moment goes as it came."""
        self._turns = itertools.count()
        self._sending = 0
        self._changed = threading.Condition()
        threading.Thread(target=self._run, daemon=True).start()

    def add(self, delivery: Delivery) -> None:
        with self._changed:
            self.deliveries.append(delivery)
            self._queue(delivery)
            self._changed.notify_all()

    def withdraw(self, deliveries: Sequence[Delivery]) -> None:
        """Never send them, nor send them again."""
        withdrawn = {id(delivery) for delivery in deliveries}
        with self._changed:
            self.deliveries = [one for one in self.deliveries if id(one) not in withdrawn]
            self._waiting = [entry for entry in self._waiting if id(entry[-1]) not in withdrawn]
            heapq.heapify(self._waiting)
            for delivery in deliveries:
                delivery.withdrawn = True
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
        return not self._sending and not self._is_due()

    def _is_due(self) -> bool:
        return bool(self._waiting) and self._waiting[0][0] <= self.clock.now()

    def _queue(self, delivery: Delivery) -> None:
        if delivery.due is not None:
            heapq.heappush(self._waiting, (delivery.due, next(self._turns), delivery))

    def _run(self) -> None:
        with self._changed:
            while True:
                while self._is_due() and self._sending < LINES:
                    self._begin(heapq.heappop(self._waiting)[-1])
                self._changed.wait(self._seconds_to_next())

    def _seconds_to_next(self) -> float | None:
        """None where only an answer, or an order, can change anything."""
        if not self._waiting or self._sending == LINES:
            return None
        return max(0.0, self._waiting[0][0] - self.clock.now())

    def _begin(self, delivery: Delivery) -> None:
        delivery.sending = True
        self._sending += 1
        # Daemons: a shop that does not answer must not keep the process from ending.
        threading.Thread(target=self._send, args=(delivery,), daemon=True).start()

    def _send(self, delivery: Delivery) -> None:
        status, body, error = _exchange(delivery.build(), delivery.plan.answer_seconds)
        accepted, remark = delivery.plan.judge(status, body) if status else (False, error)
        log.info("notified the shop: %s %s", status or "no answer", remark)
        with self._changed:
            delivery.attempts.append(Attempt(self.clock.now(), status, accepted, remark))
            delivery.sending = False
            self._sending -= 1
            self._queue(delivery)
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

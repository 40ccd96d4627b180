"""What every control API offers: put the clock forward, list what was told to the shop, spoil answers, count them.

``POST /control/advance``    {"minutes": n}
``GET  /control/deliveries`` every notification with its attempts
``POST /control/faults``     {"answer": "slow"|"500"|"html"|"half"|"lost_after_charge", "times": n, "path": prefix,
                              "seconds": that "slow" takes, 30 unless said}
``GET  /control/requests``   how often the shop, or a buyer it sent, asked for each path, spoilt answers included;
                             "waited": seconds that each waited for a "slow" one, or until it gave up
Where money can be given back, payments.simulators.giving_back has more.
"""

import select
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import asdict

from payments.simulators.courier import Courier
from payments.simulators.deliveries import Delivery
from payments.simulators.giving_back import FAULTS, RefundFaults
from payments.simulators.server import Json

ANSWERS = ("slow", "500", "html", "half", "lost_after_charge")
SLOW_SECONDS = 30


class Faults:
    """Counts what is asked for. The next ``times`` answers to paths that begin with ``path`` go wrong.

    "500" and "html" come instead of doing what was asked; "slow", "half" and "lost_after_charge" after it,
    the last only where something ``can_charge``.
    """

    def __init__(self, path: str) -> None:
        self._usual = self._path = path
        self._answer = ""
        self._times = 0
        self._asked: Counter[str] = Counter()
        self._seconds: float = SLOW_SECONDS
        self._waited: list[float] = []
        self._lock = threading.Lock()

    def order(self, order: Json) -> Json:
        if order["answer"] not in ANSWERS:
            raise ValueError(f"answer is one of {', '.join(ANSWERS)}")
        with self._lock:
            self._answer, self._times = str(order["answer"]), int(order.get("times", 1))
            self._path = str(order.get("path") or self._usual)
            self._seconds = float(order.get("seconds", SLOW_SECONDS))
            return {
                "answer": self._answer,
                "times": self._times,
                "path": self._path,
                "seconds": self._seconds,
            }

    def next(self, path: str, *, can_charge: bool = True) -> str:
        """The fault of this answer, or nothing."""
        with self._lock:
            self._asked[path] += 1
            if self._times <= 0 or not path.startswith(self._path):
                return ""
            if self._answer == "lost_after_charge" and not can_charge:
                return ""
            self._times -= 1
            return self._answer

    def requests(self) -> Json:
        with self._lock:
            return {"requests": dict(self._asked), "waited": list(self._waited)}

    def dawdle(self, connection: socket.socket) -> None:
        """What "slow" does before the answer. Nothing but its end can come from who has asked and waits."""
        begun = time.monotonic()
        select.select([connection], [], [], self._seconds)
        with self._lock:
            self._waited.append(time.monotonic() - begun)


def order_fault(faults: Faults, refund_faults: RefundFaults, order: Json) -> Json:
    """Of refunds, or of answers. Raises ValueError, KeyError or TypeError."""
    return refund_faults.order(order) if order.keys() & set(FAULTS) else faults.order(order)


def advance(courier: Courier, order: Json, *, happens: Callable[[], object] = list) -> Json:
    """Put the clock forward and wait for whatever became due, with every repetition of it.

    ``happens`` is what the company does meanwhile and tells at once.
    """
    courier.advance(float(order["minutes"]) * 60)
    happens()
    plans = [delivery.plan for delivery in courier.deliveries]
    courier.settle(max((plan.answer_seconds * len(plan.minutes) for plan in plans), default=0))
    return described(courier.deliveries)


def described(deliveries: Iterable[Delivery]) -> Json:
    return {"deliveries": [_described(delivery) for delivery in deliveries]}


def _described(delivery: Delivery) -> Json:
    request = delivery.build()
    return {
        "notifier": delivery.notifier,
        "method": request.method,
        "url": request.url,
        "body": request.body.decode(errors="replace"),
        "attempts": [asdict(attempt) for attempt in delivery.attempts],
        "delivered": delivery.delivered,
        "finished": delivery.finished,
        "due": delivery.due,
    }

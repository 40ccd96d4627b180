"""How a company gives money back when nobody asked it to, or otherwise than it was asked. One rule for all of them.

``POST /control/payments/<reference>/refund``  {"amount": đồng, "times": n, "over": true, "reference": used before}
    What a person does on the company's own pages: the shop is not asked, and hears of it only where the company's
    protocol tells. More than is left of the payment goes back only where ``over`` orders that fault. ``reference``
    is the company's number of (the first of) these refunds, one that another has as well.
``POST /control/faults``                       {"refund_twice": n}: the next n refunds that the shop asks for are done
    twice: once under the shop's name for it, once under one of the company's own, even beyond the payment
                                               {"refund_reference": used before}: the next refund that the shop asks
    for gets that number of the company's
"""

import threading
from dataclasses import dataclass, replace
from typing import Self

from payments.simulators.server import Json

FAULTS = ("refund_twice", "refund_reference")


@dataclass(frozen=True)
class OwnRefund:
    """``times`` times ``amount`` đồng; ``reference`` empty: a new number."""

    amount: int
    times: int = 1
    over: bool = False
    reference: str = ""

    @classmethod
    def from_order(cls, order: Json) -> Self:
        """Raises ValueError, KeyError or TypeError for a senseless one."""
        if unknown := order.keys() - {"amount", "times", "over", "reference"}:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        own = cls(
            amount=int(order["amount"]),
            times=int(order.get("times", 1)),
            over=bool(order.get("over")),
            reference=str(order.get("reference", "")),
        )
        if own.amount <= 0 or own.times <= 0:
            raise ValueError("amount and times begin at 1")
        return own

    def check(self, left: int) -> None:
        """Raises ValueError where more than ``left`` đồng would go back, and that was not ordered."""
        if self.amount * self.times > left and not self.over:
            raise ValueError(f"{left} is left; to give back more, say over")

    def each(self) -> list[Self]:
        """One by one: only the first has a number that was used before."""
        return [self if at == 0 else replace(self, reference="") for at in range(self.times)]


class RefundFaults:
    """What goes wrong with refunds that the shop asks for."""

    def __init__(self) -> None:
        self._twice = 0
        self._reference = ""
        self._lock = threading.Lock()

    def order(self, order: Json) -> Json:
        with self._lock:
            self._twice = int(order.get("refund_twice", self._twice))
            self._reference = str(order.get("refund_reference", self._reference))
            return {"refund_twice": self._twice, "refund_reference": self._reference}

    def doubles(self) -> bool:
        """Is the refund that was just made to be made once more?"""
        with self._lock:
            doubled = self._twice > 0
            self._twice -= doubled
            return doubled

    def reference(self) -> str:
        """The number that the next refund gets although another has it; empty: a new one."""
        with self._lock:
            reference, self._reference = self._reference, ""
            return reference

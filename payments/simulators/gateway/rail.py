"""One company with a page to pay on. Its package says how it signs, answers and reports; the rest is here."""

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import Any

from payments.simulators.courier import Courier
from payments.simulators.deliveries import Clock, Delivery, Plan, Request
from payments.simulators.gateway.charges import Act, Book, Charge, State
from payments.simulators.server import Answer
from payments.simulators.shop import Shop
from payments.simulators.telling import Telling


@dataclass(frozen=True)
class Call:
    """A request of the shop; ``own_url`` is where it reached us."""

    method: str
    path: str
    query: str
    body: bytes
    kind: str
    own_url: str


def json_answer(value: Mapping[str, Any], status: int = HTTPStatus.OK) -> Answer:
    return Answer(json.dumps(value, ensure_ascii=False).encode(), status=status)


@dataclass(frozen=True)
class Button:
    """``word`` is on it, ``consequence`` says what will happen."""

    act: Act
    word: str
    consequence: str


class Rail(ABC):
    name: str
    theme: str
    """A class of the stylesheet."""
    api: str
    """Beginning of the paths that faults spoil unless told otherwise."""
    paths: tuple[str, ...]
    """What the shop, or the buyer it sends, may ask for."""
    plan: Plan
    buttons: tuple[Button, ...]
    review_minutes: float = 0
    """How long what is undecided waits before it counts as paid by itself; 0: until somebody decides."""
    refund_seconds: float = 0
    """How long a refund is being worked on."""

    def __init__(self, shop: Shop, secret: str) -> None:
        self.shop = shop
        self.secret = secret
        """What notices are signed with."""
        self.courier = Courier(Clock())
        self.book = Book(self.courier.clock, refund_seconds=self.refund_seconds)
        self._foretold: dict[str, list[Delivery]] = {}

    @abstractmethod
    def answer(self, call: Call) -> Answer:
        """Called with the book's lock held."""

    @abstractmethod
    def notice(self, charge: Charge, *, amount: int, secret: str) -> Request | None:
        """How the shop hears of the charge's present state; None when this company says nothing then."""

    @abstractmethod
    def return_url(self, charge: Charge) -> str:
        """Where the buyer is sent from the page, with the company's parameters."""

    def perform(self, charge: Charge, act: Act, telling: Telling, *, number: int = 0) -> None:
        """Raises Impossible. ``number`` is ours of the payment, where another has it as well."""
        with self.book.lock:
            self.book.move(charge, act)
            charge.number = number or charge.number
            self.courier.withdraw(self._foretold.pop(charge.reference, []))
            ends_by_itself = self.ends_by_itself(charge)
            if charge.state is not State.HELD or not ends_by_itself:
                self.tell(charge, telling)
            if ends_by_itself:
                self._foretell(charge, telling)

    def ends_by_itself(self, charge: Charge) -> bool:
        """Is it undecided, and will be paid after ``review_minutes``? Of a review only its end is told."""
        return charge.state is State.HELD and self.review_minutes > 0

    def _foretell(self, charge: Charge, telling: Telling) -> None:
        """It will end well, and the shop hear of it, unless somebody ends it before."""
        charge.held_until = self.courier.clock.now() + self.review_minutes * 60
        paid = replace(charge, state=State.PAID)
        self._foretold[charge.reference] = self.tell(paid, telling, after_minutes=self.review_minutes)

    def tell(self, charge: Charge, telling: Telling, *, after_minutes: float = 0) -> list[Delivery]:
        secret = "guessed by somebody" if telling.forged else self.secret
        request = self.notice(charge, amount=telling.wrong_amount or charge.amount, secret=secret)
        if request is None:
            return []
        first = self.courier.clock.now() + (after_minutes + telling.delay_minutes) * 60
        built = partial(_as_built, request)
        deliveries = [Delivery(self.name, built, self.plan, first) for _ in range(telling.copies)]
        for delivery in deliveries:
            self.courier.add(delivery)
        return deliveries

    def way_back(self, charge: Charge) -> str:
        """``return_url`` if it leads to the shop, else empty."""
        return self.return_url(charge) if self.shop.owns(charge.return_url) else ""


def _as_built(request: Request) -> Request:
    """Signed once, when it happened: every attempt says the same."""
    return request

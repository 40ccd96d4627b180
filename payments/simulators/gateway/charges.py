"""The payments a company knows, what may become of them, and how much of each can still be given back."""

import enum
import itertools
import secrets
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from payments.simulators.deliveries import Clock
from payments.simulators.giving_back import RefundFaults

# No company ever repeats a number, so a restarted simulator must not either.
_numbers = itertools.count(time.time_ns() // 1_000_000)


class Act(enum.StrEnum):
    """What a person does on the page, or a test orders."""

    PAY = "pay"
    CANCEL = "cancel"
    EXPIRE = "expire"
    INSUFFICIENT = "insufficient"
    FRAUD = "fraud"
    """The money is taken and held; the company looks into it."""
    BANK_ERROR = "bank_error"
    """The buyer's bank fails before it has taken anything."""
    REVERSE = "reverse"
    """Taken and given back by the company itself."""
    AUTHORIZE = "authorize"
    """Set aside in the buyer's wallet until the company captures it, or the shop where it asked to do so."""


class State(enum.StrEnum):
    OPEN = "open"
    PAID = "paid"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INSUFFICIENT = "insufficient"
    HELD = "held"
    BANK_ERROR = "bank_error"
    REVERSED = "reversed"
    AUTHORIZED = "authorized"
    GIVEN_BACK = "given_back"
    """Only told, where a test orders it: what went back of a payment is in its refunds."""


_ENDS = {
    Act.PAY: State.PAID,
    Act.CANCEL: State.CANCELLED,
    Act.EXPIRE: State.EXPIRED,
    Act.INSUFFICIENT: State.INSUFFICIENT,
    Act.FRAUD: State.HELD,
    Act.BANK_ERROR: State.BANK_ERROR,
    Act.REVERSE: State.REVERSED,
    Act.AUTHORIZE: State.AUTHORIZED,
}
_MOVES = {
    State.OPEN: frozenset(Act),
    State.HELD: {Act.PAY, Act.REVERSE},
    State.AUTHORIZED: {Act.PAY, Act.REVERSE},
}
_UNDECIDED = (State.HELD, State.AUTHORIZED)


class Impossible(ValueError):
    """The payment is in a state that does not allow it."""


class Duplicate(ValueError):
    """The reference was used before."""


class TooMuch(ValueError):
    """More than what is left of the payment."""


class RefundStatus(enum.StrEnum):
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass
class Refund:
    """``due`` is when a pending one succeeds, in seconds of the simulator's clock.

    ``id`` is the shop's, or one of the company's own where the shop did not ask for it.
    """

    amount: int
    full: bool
    due: float
    id: str = ""
    status: RefundStatus = RefundStatus.PENDING
    number: int = field(default_factory=lambda: next(_numbers))

    def __post_init__(self) -> None:
        self.id = self.id or f"own-{next(_numbers)}"


@dataclass
class Charge:
    """``amount`` in đồng; times in seconds of the simulator's clock; ``fields`` are what the shop sent."""

    reference: str
    amount: int
    description: str
    return_url: str
    notify_url: str
    expires: float
    fields: Mapping[str, str] = field(default_factory=dict)
    state: State = State.OPEN
    changed: float = 0
    held_until: float | None = None
    refunds: list[Refund] = field(default_factory=list)
    number: int = field(default_factory=lambda: next(_numbers))
    token: str = field(default_factory=lambda: secrets.token_urlsafe(12))

    @property
    def left(self) -> int:
        """Đồng that can still be given back."""
        gone = sum(one.amount for one in self.refunds if one.status is not RefundStatus.FAILED)
        return max(self.amount - gone, 0)


class Book:
    """Every payment of one company. All of it is used with ``lock`` held."""

    def __init__(self, clock: Clock, *, refund_seconds: float) -> None:
        self.clock = clock
        self._refund_seconds = refund_seconds
        self.lock = threading.RLock()
        self.refund_faults = RefundFaults()
        self._charges: dict[str, Charge] = {}
        self.refunds_asked_for: Counter[str] = Counter()
        """How often the shop has, by its own name for each: once more than it should shows nowhere else."""

    def add(self, charge: Charge) -> Charge:
        if charge.reference in self._charges:
            raise Duplicate(charge.reference)
        charge.changed = self.clock.now()
        self._charges[charge.reference] = charge
        return charge

    def all(self) -> list[Charge]:
        self._pass_time()
        return list(self._charges.values())

    def find(self, reference: str) -> Charge | None:
        self._pass_time()
        return self._charges.get(reference)

    def of_page(self, token: str) -> Charge | None:
        return next((charge for charge in self.all() if charge.token == token), None)

    def of_number(self, number: str) -> Charge | None:
        """By the company's own number."""
        return next((charge for charge in self.all() if str(charge.number) == number), None)

    def move(self, charge: Charge, act: Act) -> None:
        """Raises Impossible."""
        self._pass_time()
        if act not in _MOVES.get(charge.state, ()):
            raise Impossible(f"{charge.reference} is {charge.state}")
        self._become(charge, _ENDS[act])

    def refund(self, charge: Charge, name: str, amount: int) -> Refund:
        """The shop asks for it. Raises Duplicate, TooMuch, or Impossible if not paid."""
        if self.find_refund(name):
            raise Duplicate(name)
        if charge.state is State.PAID and not 0 < amount <= charge.left:
            raise TooMuch(f"{charge.left} is left of {charge.reference}")
        refund = self.give_back(charge, amount, name=name)
        refund.number = int(self.refund_faults.reference() or refund.number)
        if self.refund_faults.doubles():
            self.give_back(charge, amount)
        return refund

    def give_back(self, charge: Charge, amount: int, *, name: str = "") -> Refund:
        """``amount`` đồng, however little is left. Raises Impossible if not paid."""
        if charge.state is not State.PAID:
            raise Impossible(f"{charge.reference} is {charge.state}")
        due = self.clock.now() + self._refund_seconds
        refund = Refund(amount, full=amount == charge.amount, due=due, id=name)
        charge.refunds.append(refund)
        self._pass_time()
        return refund

    def find_refund(self, name: str) -> tuple[Charge, Refund] | None:
        """By the shop's name for it."""
        found = ((charge, one) for charge in self.all() for one in charge.refunds if one.id == name)
        return next(found, None)

    def _pass_time(self) -> None:
        """Let happen what has become due since somebody last looked."""
        now = self.clock.now()
        for charge in self._charges.values():
            if charge.state is State.OPEN and charge.expires <= now:
                self._become(charge, State.EXPIRED)
            if charge.state in _UNDECIDED and charge.held_until is not None and charge.held_until <= now:
                self._become(charge, State.PAID)
            for refund in charge.refunds:
                if refund.status is RefundStatus.PENDING and refund.due <= now:
                    refund.status = RefundStatus.SUCCEEDED

    def _become(self, charge: Charge, state: State) -> None:
        charge.state, charge.changed = state, self.clock.now()

"""What VNPAY says in T7, twice of each payment, what happens between, and what must become of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone

from farmers.partner.models import StockRecord
from marketplace.order.models import Line
from marketplace.torture.given.overdue import run_out
from marketplace.torture.market import drain
from marketplace.torture.people import consoles, desk
from marketplace.torture.people.signed_in import Staff
from marketplace.torture.rails.pretended import Rail
from payments.models import Payment
from payments.reconciliation.models import Finding as Kind
from payments.reconciliation.models import Item
from payments.services import expire_unpaid
from payments.simulators.gateway.charges import State

Payments = Sequence[Payment]


def _differences(payments: QuerySet[Payment]) -> QuerySet[Item]:
    """Open, in the queue of the money desk."""
    open_ones = Item.objects.filter(state=Item.State.OPEN, finding=Kind.STATUS_DIFFERS)
    return open_ones.filter(payment__in=payments)


def _paid_late(payments: QuerySet[Payment]) -> QuerySet[Item]:
    """Settled by itself: nobody has anything to do, and the desk reads what it was."""
    settled = Item.objects.filter(state=Item.State.RESOLVED, resolved_by=None, finding=Kind.STATUS_DIFFERS)
    return settled.filter(payment__in=payments, our_amount=0, their_amount=F("payment__received"))


@dataclass(frozen=True)
class Scene:
    """Where it happens, and the two people of the money desk."""

    market: str
    vnpay: Rail
    maker: Staff
    approver: Staff


@dataclass(frozen=True)
class Story:
    """What VNPAY says `first` and `then`, what happens `between`, and where the payment has to end.

    Everybody pays once: whatever else VNPAY says of it is not so.
    """

    name: str
    first: State | None
    then: State
    state: str
    received: bool
    #: what VNPAY hears the second time
    answer: str
    #: an open difference for a person
    told: bool = False
    owed_back: bool = False
    between: Callable[[Scene, Payments], object] = lambda scene, payments: None
    #: one for each payment, from which staff learn of it
    rows: Callable[[QuerySet[Payment]], QuerySet[Any]] = _differences


def _expire(scene: Scene, payments: Payments) -> None:
    run_out(payments)
    expire_unpaid(timezone.now() + timedelta(seconds=1))


def _sell_out(scene: Scene, payments: Payments) -> None:
    _expire(scene, payments)
    sold = Line.objects.filter(order__payments__in=payments).values("stockrecord")
    StockRecord.objects.filter(pk__in=sold).update(num_in_stock=0)


def pay_out(scene: Scene, payments: Payments) -> None:
    consoles.deliver(scene.market, payments)
    drain()
    desk.pay_out(scene.maker, scene.approver)


PAID, CANCELLED, REVERSED, GIVEN_BACK = State.PAID, State.CANCELLED, State.REVERSED, State.GIVEN_BACK
_SOLD_OUT = Story(
    "paid after sold out",
    None,
    PAID,
    "expired",
    True,
    "00",
    owed_back=True,
    between=_sell_out,
    rows=_paid_late,
)
STORIES = (
    Story("failed after paid", PAID, CANCELLED, "confirmed", True, "02", told=True),
    Story("paid after failed", CANCELLED, PAID, "confirmed", True, "00", rows=_paid_late),
    Story("paid after reversed", REVERSED, PAID, "failed", False, "02", told=True),
    Story("paid after given back", GIVEN_BACK, PAID, "confirmed", True, "00", told=True),
    Story("given back after paid", PAID, GIVEN_BACK, "confirmed", True, "02", told=True),
    Story("paid after expiry", None, PAID, "confirmed", True, "00", between=_expire, rows=_paid_late),
    _SOLD_OUT,
    Story("charged back after payout", PAID, REVERSED, "confirmed", True, "02", told=True, between=pay_out),
)

"""Two orders, each with parcels under two rules that look at the year's sum: one paid by transfer, one in cash."""

import datetime
from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from farmers.partner.models import Partner
from marketplace.order.models import Order
from marketplace.outbox.models import Job
from payments import dues
from payments.cash import count_cash
from payments.ledger import postings
from payments.models import Payment
from payments.services import confirm_payment
from payments.tax import services
from payments.tax.models import Withheld, WithholdingRule
from tests.factories import make_order, make_partner, make_product
from tests.payments.claims.sold import moved
from tests.payments.orders import make_payment
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
KINDS = ("household", "cooperative")
Jobs = list[Callable[[], object]]


def paid_at_once() -> Jobs:
    """In the order paid by transfer the household comes first, in the one paid at its doors the cooperative."""
    for kind in KINDS:
        WithholdingRule.objects.create(
            code=kind,
            valid_from=datetime.date(2026, 1, 1),
            seller_kinds=[kind],
            policy=WithholdingRule.Policy.ABOVE_LIMIT,
            yearly_limit=1,
            vat_basis_points=100,
            income_tax_basis_points=50,
            source="test",
        )
    payment = make_payment(order_of(*KINDS))
    at_the_door = brought(order_of(*KINDS[::-1], payment_method="cash_on_delivery", pays_on_delivery=True))
    parcel = at_the_door.seller_orders.first()
    return [
        lambda: confirm_payment(payment, amount=payment.amount),
        lambda: count_cash({"seller_order": parcel.pk}),
    ]


def order_of(*kinds: str, **fields: Any) -> Order:
    """One parcel of a new seller of each kind, in this order."""
    sellers = [make_partner(kind=kind) for kind in kinds]
    return make_order(*((make_product(partner=seller, price=100_000), 1) for seller in sellers), **fields)


@transaction.atomic
def brought(order: Order) -> Order:
    """All its parcels have arrived, and nobody has counted their cash yet."""
    make_payment(order, provider="cash_on_delivery")
    Payment.objects.filter(order=order).update(state=Payment.State.CANCELLED)
    moved(order, "delivered")
    Payment.objects.filter(order=order).update(state=Payment.State.PENDING)
    Job.objects.filter(kind="count_cash").update(state=Job.State.DONE)
    return order


def meeting(count: Callable[..., int]) -> Callable[..., int]:
    """Whoever has counted waits for the other, once: both have their first rule then, where that is possible."""
    both = Barrier(2)

    def counted_together(partner: Partner, year: int) -> int:
        total = count(partner, year)
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.3)
        return total

    return counted_together


def impatient(job: Callable[[], object]) -> Callable[[], object]:
    """Who waits in a ring is told of it soon."""

    def run() -> object:
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '20ms'")
        return job()

    return run


def errors(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> list[type[object]]:
    monkeypatch.setattr(services, "counted_of", meeting(services.counted_of))
    answers = together([impatient(job) for job in jobs])
    return [type(one) for one in answers if isinstance(one, Exception)]


def test_neither_waits_for_the_other_in_a_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    assert errors(paid_at_once(), monkeypatch) == []
    assert sorted(Withheld.objects.values_list("taxed", flat=True)) == [99_999] * 4


def test_where_each_rule_is_taken_in_its_turn_they_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    for where in (dues, postings):
        monkeypatch.setattr(where, "lock_meters", lambda order, on: None)
    assert errors(paid_at_once(), monkeypatch) == [OperationalError]

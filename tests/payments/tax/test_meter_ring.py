"""Two orders, each with a parcel under two rules that look at the year's sum, are paid at once."""

import datetime
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError
from typing import Any

import pytest
from django.db import OperationalError, connection

from farmers.partner.models import Partner
from payments.ledger import postings
from payments.models import Payment
from payments.services import confirm_payment
from payments.tax import services
from payments.tax.models import Withheld, WithholdingRule
from tests.factories import make_order, make_partner, make_product
from tests.payments.orders import make_payment
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
KINDS = ("household", "cooperative")


@pytest.fixture
def payments() -> list[Payment]:
    """In the first order the household comes first, in the second the cooperative."""
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
    return [make_payment(order_of(kinds)) for kinds in (KINDS, KINDS[::-1])]


def order_of(kinds: tuple[str, ...]) -> Any:
    """One parcel of a new seller of each kind, in this order."""
    sellers = [make_partner(kind=kind) for kind in kinds]
    return make_order(*((make_product(partner=seller, price=100_000), 1) for seller in sellers))


def meeting(count: Callable[..., int]) -> Callable[..., int]:
    """Whoever has counted waits for the other, once: both have their first rule then, where that is possible."""
    both = Barrier(2)

    def counted_together(partner: Partner, year: int) -> int:
        total = count(partner, year)
        with suppress(BrokenBarrierError):
            both.wait(timeout=0.3)
        return total

    return counted_together


def paid_at_once(payments: list[Payment], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    monkeypatch.setattr(services, "revenue_of", meeting(services.revenue_of))

    def pay(payment: Payment) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SET deadlock_timeout = '20ms'")
        return confirm_payment(payment, amount=payment.amount).outcome

    return together([partial(pay, payment) for payment in payments])


def test_neither_waits_for_the_other_in_a_ring(
    payments: list[Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert paid_at_once(payments, monkeypatch) == ["exact", "exact"]
    assert sorted(Withheld.objects.values_list("taxed", flat=True)) == [99_999] * 4


def test_where_each_rule_is_taken_in_its_turn_they_do(
    payments: list[Payment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the test above can fail."""
    monkeypatch.setattr(postings, "lock_meters", lambda order, on: None)
    results = paid_at_once(payments, monkeypatch)
    assert [type(one) for one in results if one != "exact"] == [OperationalError]

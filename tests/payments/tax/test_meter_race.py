"""Two sales around the yearly limit at the same moment, on real connections, and what happens without the lock."""

import datetime
from functools import partial
from threading import Barrier

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.tax import services
from payments.tax.models import Withheld
from payments.tax.services import withhold
from tests.factories import anh_tam, make_order, make_product
from tests.payments.rules import taxed_above
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _rule() -> None:
    taxed_above(100_000)


def sold() -> SellerOrder:
    parcel: SellerOrder = make_order((make_product(partner=anh_tam(), price=100_000), 1)).seller_orders.get()
    return parcel


def keep(parcel: SellerOrder) -> None:
    with transaction.atomic():
        withhold(parcel, occurred_at=NOON)


def taxed_at_once(count: int) -> list[int]:
    answers = together([partial(keep, sold()) for _ in range(count)])
    assert answers == [None] * count
    return sorted(Withheld.objects.values_list("taxed", flat=True))


def test_only_one_of_them_finds_room_below_the_limit() -> None:
    assert taxed_at_once(4) == [0, 100_000, 100_000, 100_000]


def test_without_the_lock_all_of_them_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    counted, revenue_of = Barrier(4), services.revenue_of

    def counted_together(*args: object) -> int:
        total = revenue_of(*args)
        counted.wait(timeout=30)
        return total

    monkeypatch.setattr(services, "lock_meter", lambda rule: None)
    monkeypatch.setattr(services, "revenue_of", counted_together)
    assert taxed_at_once(4) == [0, 0, 0, 0]

"""Sales and refunds around the yearly limit at the same moment, on real connections; and without the lock."""

import datetime
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.tax import giving_back, services
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.services import withhold
from tests.factories import anh_tam, make_order, make_product
from tests.payments.rules import taxed_above
from tests.payments.tax.sales import give_back
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


@pytest.mark.parametrize("reading", WithholdingRule.AboveLimit.values)
def test_under_every_reading_all_of_them_are_counted(reading: str) -> None:
    WithholdingRule.objects.update(above_limit=reading)
    taxed_at_once(4)
    taxed = sum(Withheld.objects.values_list("taxed", flat=True))
    assert taxed == (400_000 if reading == "year" else 300_000)


def refund_at_once() -> int:
    """The first sale goes back while a second passes the limit, whose tax would be due on both. What stays taxed?"""
    WithholdingRule.objects.update(above_limit=WithholdingRule.AboveLimit.YEAR)
    first, second = sold(), sold()
    keep(first)

    def refund() -> None:
        with transaction.atomic():
            give_back(first, goods=100_000, refund_pk=1, occurred_at=NOON)

    assert together([refund, partial(keep, second)]) == [None, None]
    return sum(row.taxed for row in Withheld.objects.filter(seller_order=first))


def test_what_goes_back_while_the_limit_is_passed_stays_untaxed() -> None:
    assert refund_at_once() == 0


def test_without_the_lock_it_is_taxed_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    both, catch_up, write = Barrier(2), services._catch_up, giving_back.write

    def caught_up(*args: Any) -> None:
        catch_up(*args)
        if Withheld.objects.filter(kind=Withheld.Kind.SOLD).count() == 2:  # the first sale has nobody to meet
            both.wait(timeout=30)

    def written(**kwargs: Any) -> Withheld:
        row = write(**kwargs)
        both.wait(timeout=30)
        return row

    monkeypatch.setattr(giving_back, "lock_meter", lambda rule: None)
    monkeypatch.setattr(giving_back, "write", written)
    monkeypatch.setattr(services, "_catch_up", caught_up)
    assert refund_at_once() == 100_000


def sale_meets_refund() -> int:
    """50.000 of two sales are taxed; the first goes back while as much is sold. What is taxed in the end?"""
    WithholdingRule.objects.update(after_refund=WithholdingRule.AfterRefund.YEAR, yearly_limit=150_000)
    first, second, third = sold(), sold(), sold()
    keep(first)
    keep(second)

    def refund() -> None:
        with transaction.atomic():
            give_back(first, goods=100_000, refund_pk=1, occurred_at=NOON)

    assert together([refund, partial(keep, third)]) == [None, None]
    return sum(Withheld.objects.values_list("taxed", flat=True))


def test_a_sale_meets_a_refund_that_releases_and_the_part_above_the_limit_is_taxed() -> None:
    assert sale_meets_refund() == 50_000


def test_without_the_lock_neither_knows_of_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    both, release, count = Barrier(2), giving_back.release, services.write

    def released(*args: Any) -> None:
        both.wait(timeout=30)
        release(*args)
        both.wait(timeout=30)

    def counted(**kwargs: Any) -> Withheld:
        if Withheld.objects.filter(kind=Withheld.Kind.SOLD).count() == 2:
            both.wait(timeout=30)
            both.wait(timeout=30)
        return count(**kwargs)

    monkeypatch.setattr(giving_back, "lock_meter", lambda rule: None)
    monkeypatch.setattr(giving_back, "release", released)
    monkeypatch.setattr(services, "write", counted)
    assert sale_meets_refund() == 100_000


def test_without_the_lock_all_of_them_do(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    counted, counted_of = Barrier(4), services.counted_of

    def counted_together(*args: object) -> int:
        total = counted_of(*args)
        counted.wait(timeout=30)
        return total

    monkeypatch.setattr(services, "lock_meter", lambda rule: None)
    monkeypatch.setattr(services, "counted_of", counted_together)
    assert taxed_at_once(4) == [0, 0, 0, 0]

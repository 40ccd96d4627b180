"""The buyer's shipping charge: whose it becomes once the parcel was handed over."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from marketplace.order.services import move
from payments.audit.services import find_differences
from payments.cash import count_cash
from payments.commission.models import ShippingRule
from payments.handover import parcel_handed_over
from payments.ledger.accounts import owed_to
from payments.models import Refund
from payments.parcel_refunds import refund_parcel
from tests.factories import FREIGHT, make_staff
from tests.payments.claims.sold import cash_order, load_money_rules, paid_order, tams

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()


def test_is_the_farms_that_pays_the_carrier() -> None:
    parcel = tams(paid_order())
    owed = owed_to(parcel.partner)
    hand_over(parcel, "Viettel Post")
    assert owed_to(parcel.partner) == owed + FREIGHT


def test_stays_with_the_market_that_pays_the_carrier() -> None:
    market_pays(since=timezone.localdate())
    parcel = tams(paid_order())
    owed = owed_to(parcel.partner)
    hand_over(parcel, "Viettel Post")
    assert owed_to(parcel.partner) == owed


def test_is_the_farms_that_brings_it_whoever_pays_the_carriers() -> None:
    market_pays(since=timezone.localdate())
    parcel = tams(paid_order())
    owed = owed_to(parcel.partner)
    hand_over(parcel, "Nhà vườn tự giao")
    assert owed_to(parcel.partner) == owed + FREIGHT


def test_is_not_passed_on_where_it_was_given_back_before() -> None:
    parcel = tams(paid_order())
    owed = owed_to(parcel.partner)
    by = make_staff()
    refund_parcel(parcel, kind=Refund.Kind.LINE, reason="x", key="s", goods=0, shipping=20_000, by=by)
    hand_over(parcel, "Viettel Post")
    assert owed_to(parcel.partner) == owed + FREIGHT - 20_000
    assert find_differences() == []


def test_follows_the_rule_of_the_day_of_handing_over() -> None:
    parcel = tams(cash_order(to="handed_over"))
    market_pays(since=timezone.localdate() + datetime.timedelta(days=1))
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        move(parcel, "delivered")
        count_cash({"seller_order": parcel.pk})
    assert owed_to(parcel.partner) == 100_000 - 4_500 + FREIGHT


def market_pays(*, since: datetime.date) -> None:
    ShippingRule.objects.create(valid_from=since, payer=ShippingRule.Payer.PLATFORM, source="test")


def hand_over(parcel, carrier: str) -> None:
    """Told twice, as the outbox may."""
    move(parcel, "packing")
    move(parcel, "handed_over", carrier=carrier)
    for _ in range(2):
        parcel_handed_over({"seller_order": parcel.pk})

"""Two equal refunds of one payment at the pretended VNPAY, whose query only shows the latest."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.models import Refund
from payments.parcel_refunds import refund_parcel
from payments.sending import look_after
from tests.payments.claims.sold import load_money_rules
from tests.payments.simulators.gateways import Rail, control, only_charge, open_rail, tap

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def vnpay(live_server: LiveServer, settings: Any) -> Iterator[Rail]:
    with open_rail("vnpay", site=live_server.url, settings=settings) as rail:
        yield rail


def give_back(rail: Rail, key: str) -> Refund:
    parcel = rail.payment.order.seller_orders.get()
    refund = refund_parcel(parcel, kind=Refund.Kind.LINE, reason="x", key=key, goods=10_000)
    deliver_due()
    refund.refresh_from_db()
    return refund


def look(hours: int) -> None:
    with time_machine.travel(timezone.now() + timedelta(hours=hours)):
        look_after(timezone.now())


def test_the_lost_one_never_takes_the_number_of_the_first(vnpay: Rail) -> None:
    load_money_rules()
    tap(vnpay.gateway, vnpay.page(), "pay")
    first = give_back(vnpay, "first")
    number = first.provider_reference
    assert (first.state, bool(number)) == ("in_transit", True)
    control(vnpay.gateway, "faults", answer="500")
    lost = give_back(vnpay, "lost")
    control(vnpay.gateway, "advance", minutes=11)
    for hours in (1, 25):
        look(hours)
        first.refresh_from_db()
        lost.refresh_from_db()
        assert (first.state, first.provider_reference) == ("done", number)
        assert (lost.state, lost.provider_reference) == ("in_transit", "")
        assert number in lost.message
    assert len(only_charge(vnpay.gateway)["refunds"]) == 1
    assert list(find_differences()) == []

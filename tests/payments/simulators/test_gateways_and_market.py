"""The pretended VNPAY, MoMo and ZaloPay pay the market: programs that share no code, over HTTP."""

import pytest

from payments.models import Notification
from tests.payments.orders import TOTAL, reread
from tests.payments.simulators.gateways import Rail, control, tap

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_buyer_pays_and_the_order_is_confirmed_before_the_way_back(rail: Rail) -> None:
    page = rail.page()
    assert rail.payment.reference in page.text
    back = tap(rail.gateway, page, "pay")
    assert (reread(rail.payment).state, reread(rail.payment).received) == ("confirmed", TOTAL)
    (delivery,) = rail.gateway.get("/control/deliveries").json()["deliveries"]
    (attempt,) = delivery["attempts"]
    assert (attempt["accepted"], attempt["error"]) == (True, "")
    answer = rail.gateway.get(back.headers["Location"])
    assert (answer.status_code, "/don-hang/" in answer.headers["Location"]) == (302, True)


@pytest.mark.parametrize("act", ["cancel", "expire", "insufficient", "fraud", "reverse"])
def test_what_does_not_pay_does_not_confirm(rail: Rail, act: str) -> None:
    tap(rail.gateway, rail.page(), act)
    assert reread(rail.payment).state in ("pending", "failed")
    assert reread(rail.payment).received == 0


def test_told_twice_is_paid_once(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify="twice")
    assert (reread(rail.payment).state, reread(rail.payment).received) == ("confirmed", TOTAL)


def test_a_forged_report_pays_nothing(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify="wrong_signature")
    assert reread(rail.payment).received == 0
    assert set(Notification.objects.values_list("verdict", flat=True)) <= {"forged"}


def test_a_wrong_amount_never_confirms(rail: Rail) -> None:
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay", notify={"wrong_amount": 1_000})
    assert reread(rail.payment).state != "confirmed"

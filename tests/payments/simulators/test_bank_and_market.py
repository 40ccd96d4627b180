"""The bank simulator pays the market: two programs that share no code, over HTTP."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import time_machine
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from payments.audit.services import find_differences
from payments.models import Notification, Payment, Transfer
from payments.reconciliation.models import Item
from payments.services import expire_unpaid
from tests.payments.orders import TOTAL, make_payment, reread
from tests.payments.reconciliation.files import applied, bank_csv, row_of
from tests.payments.simulators.processes import open_bank

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def bank(live_server: LiveServer) -> Iterator[httpx.Client]:
    with open_bank(f"{live_server.url}/thanh-toan/sepay/ipn", secret=settings.SEPAY_SECRET) as client:
        yield client


@pytest.fixture(params=["payos", "casso"])
def watched(request: pytest.FixtureRequest, live_server: LiveServer, settings: Any) -> Iterator[httpx.Client]:
    """A bank whose account that company watches instead of SePay."""
    settings.BANK_NOTIFIERS = [request.param]
    keys = {
        "PAYOS_CHECKSUM_KEY": settings.PAYOS_CHECKSUM_KEY,
        "CASSO_SECRET": settings.CASSO_SECRET,
        "BANK_SIMULATOR_NOTIFIERS": request.param,
    }
    with open_bank(f"{live_server.url}/thanh-toan/{{notifier}}/ipn", **keys) as client:
        yield client


def tap(bank: httpx.Client, payment: Payment, kind: str) -> None:
    """What a person does on the phone; returns when the market has answered."""
    payload = reread(payment).instructions["qr_payload"]
    form = {"payload": payload, "kind": kind, "token": kind}
    assert bank.post("/pay", data=form, follow_redirects=True).status_code == 200


def control(bank: httpx.Client, path: str, **order: Any) -> list[dict[str, Any]]:
    answer = bank.post(f"/control/{path}", json=order).raise_for_status()
    deliveries: list[dict[str, Any]] = answer.json()["deliveries"]
    return deliveries


def outcomes() -> list[str]:
    return list(Transfer.objects.order_by("pk").values_list("outcome", flat=True))


@pytest.mark.parametrize(
    ("taps", "ends", "state"),
    [
        (["exact"], ["exact"], "confirmed"),
        (["less"], ["partial"], "pending"),
        (["less", "exact"], ["partial", "exact"], "confirmed"),
        (["more"], ["over"], "confirmed"),
        (["twice"], ["exact", "duplicate"], "confirmed"),
        (["wrong-memo"], ["unknown"], "pending"),
        (["wrong-account"], ["elsewhere"], "pending"),
    ],
)
def test_each_button_ends_where_it_should(
    bank: httpx.Client, taps: list[str], ends: list[str], state: str
) -> None:
    payment = make_payment()
    for kind in taps:
        tap(bank, payment, kind)
    assert outcomes() == ends
    assert reread(payment).state == state


def test_payos_and_casso_tell_of_transfers_too(watched: httpx.Client) -> None:
    payment = make_payment()
    tap(watched, payment, "less")
    assert (reread(payment).state, reread(payment).missing) == ("pending", 10_000)
    control(watched, "transfers", payload=reread(payment).instructions["qr_payload"], copies=2)
    payment = reread(payment)
    assert (payment.state, payment.received, payment.order.paid_at is not None) == ("confirmed", TOTAL, True)
    transfers = Transfer.objects.order_by("pk").values_list("outcome", "amount", "payment", "account")
    assert list(transfers) == [
        ("partial", TOTAL - 10_000, payment.pk, settings.BANK_ACCOUNT),
        ("exact", 10_000, payment.pk, settings.BANK_ACCOUNT),
    ]
    assert Notification.objects.get(repeats=1).payment == payment


def test_payos_and_casso_are_not_believed_without_their_key(watched: httpx.Client) -> None:
    payment = make_payment()
    (delivery,) = control(watched, "transfers", payload=payment.instructions["qr_payload"], forged=True)
    assert delivery["attempts"][0]["status"] == 401
    assert (reread(payment).received, outcomes()) == (0, [])


def test_a_late_transfer_finds_its_order_expired(bank: httpx.Client) -> None:
    payment = make_payment()
    tap(bank, payment, "late")
    assert outcomes() == []
    over = payment.order.expires_at
    assert over
    with time_machine.travel(over):
        expire_unpaid(over)
    assert reread(payment).state == "expired"
    control(bank, "advance", minutes=26)
    assert outcomes() == ["late"]
    assert reread(payment).state == "confirmed"


def test_a_banks_number_under_another_event_pays_no_second_time(bank: httpx.Client) -> None:
    payment = make_payment()
    payload = payment.instructions["qr_payload"]
    for _ in range(2):
        control(bank, "transfers", payload=payload, reference="FT26327000001")
    payment = reread(payment)
    assert (payment.state, payment.received, outcomes()) == ("confirmed", TOTAL, ["exact"])
    assert Notification.objects.filter(payment=payment, verdict="accepted").count() == 2
    assert find_differences() == []


def test_an_amount_that_is_misreported_is_told_apart_by_the_banks_statement(bank: httpx.Client) -> None:
    payment = make_payment()
    payload = payment.instructions["qr_payload"]
    control(bank, "transfers", payload=payload, reported_amount=TOTAL - 50_000)
    assert (reread(payment).state, reread(payment).received) == ("pending", TOTAL - 50_000)
    (booked,) = bank.get("/control/charges").json()["charges"]
    transfer = Transfer.objects.get()
    assert (booked["amount"], booked["reference"]) == (TOTAL, transfer.bank_reference)
    statement = applied(bank_csv(row_of(transfer, credit=str(TOTAL))))
    assert statement.rows.get().outcome == "differs"
    assert Item.objects.get().their_amount == TOTAL


def test_forged_truncated_repeated_and_outgoing_do_no_harm(bank: httpx.Client) -> None:
    payment = make_payment()
    payload = payment.instructions["qr_payload"]
    deliveries = control(bank, "transfers", payload=payload, forged=True)
    assert deliveries[0]["attempts"][0]["status"] == 401
    deliveries = control(bank, "transfers", payload=payload, truncated=True)
    assert deliveries[0]["delivered"]
    control(bank, "transfers", payload=payload, direction="out")
    assert (reread(payment).received, outcomes()) == (0, ["outgoing"])
    control(bank, "transfers", payload=payload, copies=3)
    assert (reread(payment).received, outcomes()) == (TOTAL, ["outgoing", "exact"])
    verdicts = Notification.objects.order_by("pk").values_list("verdict", flat=True)
    assert sorted(verdicts) == ["accepted", "accepted", "forged", "unusable"]

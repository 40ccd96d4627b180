"""A notifier that reports by GET and is told in the answer what our records say of the payment."""

import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from marketplace.outbox.delivery import deliver_due
from payments.models import Notification
from payments.reconciliation.models import Item
from tests.payments.orders import TOTAL, make_payment, reread
from tests.payments.rails import ScriptedRail, sign

pytestmark = pytest.mark.django_db
URL = "/thanh-toan/queryrail/ipn"


@pytest.fixture(autouse=True)
def rail(settings: Any) -> None:
    path = "tests.payments.rails.QueryRail"
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, "queryrail": path}
    settings.PAYMENT_NOTIFIERS = {**settings.PAYMENT_NOTIFIERS, "queryrail": path}
    settings.PAYMENT_RAILS = [*settings.PAYMENT_RAILS, "queryrail"]
    ScriptedRail.forget()


def _tell(client: Client, reference: str, amount: int = TOTAL, **more: str) -> str:
    said = {"id": "e1", "reference": reference, "amount": amount, "outcome": "paid", **more}
    query = quote(json.dumps(said))
    answer = client.get(f"{URL}?{query}", headers={"X-Sign": sign(query.encode())})
    return str(answer.json()["verdict"])


def test_the_answer_comes_after_the_records_changed_and_says_when_they_had_before(client: Client) -> None:
    payment = make_payment(provider="queryrail")
    assert _tell(client, payment.reference) == "accepted"
    assert reread(payment).state == "confirmed"
    assert _tell(client, payment.reference) == "repeated"
    assert Notification.objects.get().repeats == 1


def test_a_wrong_amount_is_answered_each_time_kept_with_its_payment_and_confirms_nothing(
    client: Client,
) -> None:
    payment = make_payment(provider="queryrail")
    assert [_tell(client, payment.reference, TOTAL - 1) for _ in range(2)] == ["amount_differs"] * 2
    assert reread(payment).state == "pending"
    kept = Notification.objects.get()
    assert (kept.verdict, kept.payment) == ("unusable", payment)


def test_the_same_sum_a_second_time_by_another_number_was_confirmed_before_and_waits_for_a_person(
    client: Client,
) -> None:
    payment = make_payment(provider="queryrail")
    assert _tell(client, payment.reference, number="1") == "accepted"
    assert [_tell(client, payment.reference, id="e2", number="2") for _ in range(2)] == ["repeated"] * 2
    assert reread(payment).received == TOTAL
    deliver_due()
    item = Item.objects.get()
    assert (item.state, item.payment, item.finding) == ("open", payment, "status_differs")


def test_an_unknown_payment_is_answered_as_such(client: Client) -> None:
    assert _tell(client, "BPNOTOURS") == "unknown_payment"


def test_other_methods_and_long_queries_are_refused(client: Client) -> None:
    answer = client.post(URL, b"{}", "application/json")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")
    assert client.get(f"{URL}?{'x' * 65_537}").status_code == 413

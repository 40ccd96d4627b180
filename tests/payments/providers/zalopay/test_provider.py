import json
from dataclasses import replace
from typing import Any

import pytest

from payments.providers.base import (
    DeclinedPayment,
    InvalidSignature,
    Outcome,
    ProviderError,
    Reason,
    RefundOutcome,
    UnknownRefund,
    UnreadableNotification,
    Verdict,
)
from payments.providers.zalopay.provider import ZaloPayProvider
from payments.providers.zalopay.signature import mac
from tests.payments.providers.answering import HOSTS, Rail
from tests.payments.providers.charges import CHARGE, PART, WHOLE

DATA = {
    "app_id": 2553,
    "app_trans_id": "260728_BP7K2M9QXA",
    "amount": 150_000,
    "zp_trans_id": 14422574,
    "server_time": 1_785_171_900_000,
}


def zalopay(url: str = "https://zalopay.test") -> ZaloPayProvider:
    return ZaloPayProvider(
        url=url, hosts=HOSTS, app_id=2553, key1="one", key2="two", minimum=1_000, maximum=50_000_000
    )


def callback(*, kind: int = 1, **changes: object) -> bytes:
    data = json.dumps({**DATA, **changes}, indent=1)
    return json.dumps({"data": data, "mac": mac([data], "two"), "type": kind}).encode()


def test_the_buyer_is_sent_to_the_page_that_zalopay_makes(rail: Rail) -> None:
    rail.says({"return_code": 1, "order_url": "https://zalopay.test/pay"})
    assert zalopay(rail.url).start(CHARGE).redirect_url == "https://zalopay.test/pay"
    path, asked = rail.asked[0]
    signed = ("app_id", "app_trans_id", "app_user", "amount", "app_time", "embed_data", "item")
    assert path == "/v2/create"
    assert asked["mac"] == mac([asked[name] for name in signed], "one")
    assert (asked["app_trans_id"], asked["amount"]) == ("260728_BP7K2M9QXA", "150000")
    assert asked["expire_duration_seconds"] == "900"
    assert json.loads(asked["embed_data"]) == {"redirecturl": CHARGE.return_url}


@pytest.mark.parametrize(
    ("answer", "error", "permanent"),
    [
        ({"return_code": 2, "sub_return_code": -68}, DeclinedPayment, True),
        ({"return_code": 2, "sub_return_code": -402}, ProviderError, True),
        ({"return_code": 2, "sub_return_code": -500}, ProviderError, False),
        ({"return_code": 1, "order_url": "javascript:alert(1)"}, ProviderError, False),
        ({"return_code": 1, "order_url": "http://zalopay.test/pay"}, ProviderError, False),
        ({"return_code": 1, "order_url": "https://evil.test/pay"}, ProviderError, False),
        ({}, ProviderError, False),
    ],
)
def test_without_a_page_the_buyer_is_sent_nowhere(
    rail: Rail, answer: dict[str, Any], error: type[ProviderError], permanent: bool
) -> None:
    rail.says(answer)
    with pytest.raises(ProviderError) as failure:
        zalopay(rail.url).start(CHARGE)
    assert (type(failure.value), failure.value.permanent) == (error, permanent)


@pytest.mark.parametrize("amount", [999, 50_000_001])
def test_an_amount_outside_the_limits_is_declined(amount: int) -> None:
    with pytest.raises(DeclinedPayment):
        zalopay().start(replace(CHARGE, amount=amount))


def test_a_genuine_callback_is_read() -> None:
    zalopay().verify({}, callback())
    notice = zalopay().read(callback())
    assert (notice.outcome, notice.amount, notice.reference) == (Outcome.PAID, 150_000, "BP7K2M9QXA")
    assert notice.provider_reference == "14422574"
    assert notice.occurred_at.isoformat() == "2026-07-27T17:05:00+00:00"


@pytest.mark.parametrize(
    "body", [callback().replace(b"150000", b"15000"), b"{}", b"nothing", b'{"data":1,"mac":2}']
)
def test_a_callback_that_is_not_zalopays_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        zalopay().verify({}, body)


@pytest.mark.parametrize(
    "change", [{"amount": "150000"}, {"app_id": 1}, {"amount": 0}, {"zp_trans_id": None}]
)
def test_a_callback_that_makes_no_sense_is_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableNotification):
        zalopay().read(callback(**change))


def test_a_callback_about_an_agreement_is_ignored() -> None:
    assert zalopay().read(callback(kind=2)).outcome is Outcome.IGNORED


def test_a_transaction_that_is_not_ours_names_no_payment() -> None:
    assert zalopay().read(callback(app_trans_id="BP7K2M9QXA")).reference == ""


def test_zalopay_is_answered_in_its_codes() -> None:
    said = {verdict: (zalopay().acknowledge(verdict).body or {})["return_code"] for verdict in Verdict}
    assert (said[Verdict.ACCEPTED], said[Verdict.REPEATED]) == (1, 1)
    assert (said[Verdict.FORGED], said[Verdict.UNREADABLE]) == (-1, 2)


@pytest.mark.parametrize(
    ("answer", "outcome", "reason"),
    [
        ({"return_code": 1, "amount": 150_000, "zp_trans_id": 7}, Outcome.PAID, Reason.NONE),
        ({"return_code": 3}, Outcome.PENDING, Reason.NONE),
        ({"return_code": 2, "sub_return_code": -49}, Outcome.FAILED, Reason.CANCELLED),
        ({"return_code": 2, "sub_return_code": -54}, Outcome.FAILED, Reason.EXPIRED),
        ({"return_code": 2, "sub_return_code": -63}, Outcome.FAILED, Reason.INSUFFICIENT),
        ({"return_code": 2, "sub_return_code": -217}, Outcome.FAILED, Reason.REFUSED),
    ],
)
def test_a_query_says_what_became_of_a_payment(
    rail: Rail, answer: dict[str, Any], outcome: Outcome, reason: Reason
) -> None:
    rail.says(answer)
    notice = zalopay(rail.url).fetch(CHARGE)
    assert notice is not None
    assert (notice.outcome, notice.reason, notice.reference) == (outcome, reason, "BP7K2M9QXA")
    assert rail.asked[0][1]["mac"] == mac([2553, "260728_BP7K2M9QXA", "one"], "one")


@pytest.mark.parametrize("sub", [-401, -429, -999])
def test_trouble_with_the_question_is_no_answer_about_the_payment(rail: Rail, sub: int) -> None:
    rail.says({"return_code": 2, "sub_return_code": sub})
    with pytest.raises(ProviderError):
        zalopay(rail.url).fetch(CHARGE)


@pytest.mark.parametrize("change", [{"amount": "150000"}, {"server_time": 2**62}])
def test_an_answer_that_makes_no_sense_is_an_error(rail: Rail, change: dict[str, Any]) -> None:
    rail.says({"return_code": 1, "amount": 150_000, "zp_trans_id": 7, **change})
    with pytest.raises(ProviderError, match="cannot be read"):
        zalopay(rail.url).fetch(CHARGE)


def test_a_refund_is_in_transit_until_it_was_asked_about(rail: Rail) -> None:
    rail.says({"return_code": 1})
    results = [zalopay(rail.url).refund(order) for order in (PART, PART, WHOLE)]
    assert {result.outcome for result in results} == {RefundOutcome.IN_TRANSIT}
    first, again, other = (fields for _, fields in rail.asked)
    assert first["m_refund_id"] == again["m_refund_id"] != other["m_refund_id"]
    assert first["m_refund_id"].startswith("260728_2553_")
    signed = ("app_id", "zp_trans_id", "amount", "description", "timestamp")
    assert first["mac"] == mac([first[name] for name in signed], "one")


@pytest.mark.parametrize(
    ("code", "outcome"), [(1, RefundOutcome.DONE), (2, RefundOutcome.FAILED), (3, RefundOutcome.IN_TRANSIT)]
)
def test_a_refund_is_as_far_as_zalopay_says(rail: Rail, code: int, outcome: RefundOutcome) -> None:
    rail.says({"return_code": code})
    assert zalopay(rail.url).fetch_refund(PART).outcome is outcome


def test_a_refund_that_is_refused_for_good_has_failed(rail: Rail) -> None:
    rail.says({"return_code": 2, "sub_return_code": -13})
    assert zalopay(rail.url).refund(PART).outcome is RefundOutcome.FAILED


def test_a_refund_refused_as_a_repetition_is_asked_about(rail: Rail) -> None:
    rail.says(
        lambda asked: {"return_code": 2, "sub_return_code": -1} if "amount" in asked else {"return_code": 1}
    )
    assert zalopay(rail.url).refund(PART).outcome is RefundOutcome.DONE
    assert [path for path, _ in rail.asked] == ["/v2/refund", "/v2/query_refund"]


def test_a_payment_zalopay_does_not_know(rail: Rail) -> None:
    rail.says({"return_code": 2, "sub_return_code": -101})
    assert zalopay(rail.url).fetch(CHARGE) is None


def test_a_refund_zalopay_does_not_know_is_not_called_failed(rail: Rail) -> None:
    rail.says({"return_code": 2, "sub_return_code": -101})
    with pytest.raises(UnknownRefund):
        zalopay(rail.url).fetch_refund(PART)

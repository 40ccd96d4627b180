import json
import re
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
from payments.providers.momo import signature
from payments.providers.momo.provider import MoMoProvider, refund_id
from tests.payments.providers.answering import HOSTS, Rail
from tests.payments.providers.charges import CHARGE, PART, WHOLE

SECRET, ACCESS = "a secret of the tests", "an access key"
REPORT = {
    "partnerCode": "OURS",
    "orderId": "BP7K2M9QXA",
    "requestId": "BP7K2M9QXA",
    "amount": 150_000,
    "orderInfo": "Don hang 100012",
    "orderType": "momo_wallet",
    "transId": 14422574,
    "resultCode": 0,
    "message": "Thành công.",
    "payType": "qr",
    "responseTime": 1_785_171_900_000,
    "extraData": "",
}


def momo(url: str = "https://momo.test") -> MoMoProvider:
    return MoMoProvider(url=url, hosts=HOSTS, partner_code="OURS", access_key=ACCESS, secret=SECRET)


def report(**changes: object) -> bytes:
    said = {**REPORT, **changes}
    signed = signature.sign({**said, "accessKey": ACCESS}, signature.IPN, SECRET)
    return json.dumps({**said, "signature": signed}).encode()


def created(asked: dict[str, Any], **changes: Any) -> dict[str, Any]:
    said = {name: asked[name] for name in ("partnerCode", "requestId", "orderId", "amount")}
    said |= {"responseTime": 1, "resultCode": 0, "payUrl": "https://momo.test/pay", **changes}
    signed = signature.sign({**said, "accessKey": ACCESS}, signature.CREATE_RESPONSE, SECRET)
    return {"signature": signed, **said}


def test_the_buyer_is_sent_to_the_page_that_momo_makes(rail: Rail) -> None:
    rail.says(created)
    assert momo(rail.url).start(CHARGE).redirect_url == "https://momo.test/pay"
    path, asked = rail.asked[0]
    assert path == "/v2/gateway/api/create"
    assert signature.verify({**asked, "accessKey": ACCESS}, signature.CREATE, SECRET)
    assert (asked["orderId"], asked["requestId"], asked["amount"]) == ("BP7K2M9QXA", "BP7K2M9QXA", 150_000)
    assert "accessKey" not in asked


@pytest.mark.parametrize(
    ("changes", "error", "permanent"),
    [
        ({"signature": "0" * 64}, ProviderError, False),
        ({"amount": 15_000}, ProviderError, False),
        ({"payUrl": "javascript:alert(1)"}, ProviderError, False),
        ({"payUrl": "http://momo.test/pay"}, ProviderError, False),
        ({"payUrl": "https://momo.test.evil.test/pay"}, ProviderError, False),
        ({"orderId": "BP00000000"}, ProviderError, False),
        ({"resultCode": "0"}, ProviderError, False),
        ({"resultCode": 10}, ProviderError, False),
        ({"resultCode": 13}, ProviderError, True),
        ({"resultCode": 41}, ProviderError, False),
        ({"resultCode": 7000}, ProviderError, False),
        ({"resultCode": 22}, DeclinedPayment, True),
        ({"resultCode": 98}, DeclinedPayment, True),
        ({"resultCode": 99}, DeclinedPayment, True),
    ],
)
def test_without_a_page_the_buyer_is_sent_nowhere(
    rail: Rail, changes: dict[str, Any], error: type[ProviderError], permanent: bool
) -> None:
    rail.says(lambda asked: created(asked, **changes))
    with pytest.raises(ProviderError) as failure:
        momo(rail.url).start(CHARGE)
    assert (type(failure.value), failure.value.permanent) == (error, permanent)


def test_an_answer_without_a_signature_is_believed_as_momo_records_it(rail: Rail) -> None:
    rail.says(lambda asked: {k: v for k, v in created(asked).items() if k != "signature"})
    assert momo(rail.url).start(CHARGE).redirect_url


@pytest.mark.parametrize("amount", [999, 50_000_001])
def test_an_amount_outside_the_limits_is_declined(amount: int) -> None:
    with pytest.raises(DeclinedPayment):
        momo().start(replace(CHARGE, amount=amount))


def test_a_genuine_report_of_a_payment_is_read() -> None:
    momo().verify({}, report())
    notice = momo().read(report())
    assert (notice.outcome, notice.amount, notice.reference) == (Outcome.PAID, 150_000, "BP7K2M9QXA")
    assert notice.provider_reference == "14422574"
    assert notice.occurred_at.isoformat() == "2026-07-27T17:05:00+00:00"


@pytest.mark.parametrize(
    ("code", "outcome", "reason"),
    [
        (0, Outcome.PAID, Reason.NONE),
        (9000, Outcome.PENDING, Reason.HELD),
        (1000, Outcome.PENDING, Reason.NONE),
        (7000, Outcome.PENDING, Reason.HELD),
        (7002, Outcome.PENDING, Reason.HELD),
        (12345, Outcome.PENDING, Reason.NONE),
        (1001, Outcome.FAILED, Reason.INSUFFICIENT),
        (1003, Outcome.FAILED, Reason.REVERSED),
        (1005, Outcome.FAILED, Reason.EXPIRED),
        (1006, Outcome.FAILED, Reason.CANCELLED),
        (4100, Outcome.FAILED, Reason.REFUSED),
    ],
)
def test_each_code_means_one_thing(code: int, outcome: Outcome, reason: Reason) -> None:
    notice = momo().read(report(resultCode=code))
    assert (notice.outcome, notice.reason) == (outcome, reason)


@pytest.mark.parametrize(
    "body",
    [report().replace(b"150000", b"15000"), report(partnerCode="THEIRS"), b"{}", b"nothing", b"[]"],
)
def test_a_report_that_is_not_momos_or_not_ours_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        momo().verify({}, body)


@pytest.mark.parametrize("change", [{"amount": "150000"}, {"transId": 1.5}, {"responseTime": 2**62}])
def test_a_report_that_makes_no_sense_is_unreadable(change: dict[str, Any]) -> None:
    with pytest.raises(UnreadableNotification):
        momo().read(report(**change))


def test_momo_hears_204_and_nothing_else_unless_it_was_forged() -> None:
    assert {(momo().acknowledge(v).status, momo().acknowledge(v).body) for v in Verdict} == {
        (204, None),
        (401, None),
    }
    assert momo().acknowledge(Verdict.FORGED).status == 401


def test_a_query_says_what_became_of_a_payment(rail: Rail) -> None:
    rail.says(REPORT)
    notice = momo(rail.url).fetch(CHARGE)
    assert notice is not None
    assert (notice.outcome, notice.provider_reference) == (Outcome.PAID, "14422574")


@pytest.mark.parametrize(
    ("rows", "given_back"),
    [
        ([{"amount": 40_000, "resultCode": 0}, {"amount": 9_000, "resultCode": 1080}], 40_000),
        ([], 0),
        (None, 0),
        (["?"], 0),
    ],
)
def test_a_query_says_what_was_given_back(rail: Rail, rows: object, given_back: int) -> None:
    rail.says({**REPORT, "refundTrans": rows})
    notice = momo(rail.url).fetch(CHARGE)
    assert notice is not None
    assert notice.given_back == given_back


@pytest.mark.parametrize("code", [98, 99])
def test_an_error_that_momo_calls_final_ends_a_payment_but_says_nothing_of_a_refund(
    rail: Rail, code: int
) -> None:
    rail.says({**REPORT, "resultCode": code})
    notice = momo(rail.url).fetch(CHARGE)
    assert notice is not None
    assert (notice.outcome, notice.reason) == (Outcome.FAILED, Reason.REFUSED)
    with pytest.raises(ProviderError) as failure:
        momo(rail.url).refund(PART)
    assert not failure.value.permanent


def test_a_payment_momo_does_not_know(rail: Rail) -> None:
    rail.says({"resultCode": 42})
    assert momo(rail.url).fetch(CHARGE) is None


@pytest.mark.parametrize(("code", "permanent"), [(10, False), (99, False), (13, True)])
def test_trouble_with_the_question_is_no_answer_about_the_payment(
    rail: Rail, code: int, permanent: bool
) -> None:
    rail.says({"resultCode": code})
    with pytest.raises(ProviderError) as failure:
        momo(rail.url).fetch(CHARGE)
    assert failure.value.permanent is permanent


def test_a_refund_is_an_order_of_its_own_and_the_same_each_time(rail: Rail) -> None:
    rail.says({"resultCode": 0, "transId": 999})
    for order in (PART, PART, WHOLE):
        assert momo(rail.url).refund(order).provider_reference == "999"
    first, again, other = (fields for _, fields in rail.asked)
    assert first["orderId"] == again["orderId"] == refund_id(PART.key) != other["orderId"]
    assert re.fullmatch(r"[0-9a-zA-Z]([-_.]*[0-9a-zA-Z]+)*", first["orderId"])
    assert (first["amount"], first["transId"]) == (50_000, 14422574)
    assert signature.verify({**first, "accessKey": ACCESS}, signature.REFUND, SECRET)


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        (0, RefundOutcome.DONE),
        (7002, RefundOutcome.IN_TRANSIT),
        (40, RefundOutcome.IN_TRANSIT),
        (1081, RefundOutcome.FAILED),
        (1088, RefundOutcome.FAILED),
    ],
)
def test_a_refund_ends_as_its_code_says(rail: Rail, code: int, outcome: RefundOutcome) -> None:
    rail.says({"resultCode": code, "message": "vì sao"})
    assert momo(rail.url).refund(PART).outcome is outcome
    assert momo(rail.url).fetch_refund(PART).outcome is outcome


def test_a_refund_momo_does_not_know_is_not_called_failed(rail: Rail) -> None:
    rail.says({"resultCode": 42})
    with pytest.raises(UnknownRefund):
        momo(rail.url).fetch_refund(PART)


@pytest.mark.parametrize(
    "order", [replace(PART, amount=999), replace(PART, charge=replace(CHARGE, provider_reference=""))]
)
def test_a_refund_that_cannot_be_is_not_asked_for(rail: Rail, order: Any) -> None:
    assert momo(rail.url).refund(order).outcome is RefundOutcome.FAILED
    assert not rail.asked

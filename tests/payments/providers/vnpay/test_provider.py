from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
from payments.providers.vnpay import signature
from payments.providers.vnpay.client import QUERY_ANSWER, REFUND_ANSWER
from payments.providers.vnpay.provider import VNPayProvider
from tests.payments.providers.answering import HOSTS, Rail
from tests.payments.providers.charges import CHARGE, OPENED, PART, WHOLE

SECRET = "a secret of the tests"
REPORT = {
    "vnp_Amount": "15000000",
    "vnp_OrderInfo": "Don hang 100012",
    "vnp_PayDate": "20260728000500",
    "vnp_ResponseCode": "00",
    "vnp_TmnCode": "OURS0001",
    "vnp_TransactionNo": "14422574",
    "vnp_TransactionStatus": "00",
    "vnp_TxnRef": "BP7K2M9QXA",
}
NAMES = st.from_regex(r"(vnp_)?[A-Za-z_]{1,20}", fullmatch=True)


def vnpay(url: str = "https://vnpay.test", *, secret: str = SECRET) -> VNPayProvider:
    return VNPayProvider(
        pay_url=f"{url}/pay",
        api_url=f"{url}/api",
        hosts=HOSTS,
        tmn_code="OURS0001",
        secret=secret,
        minimum=5_000,
        maximum=999_999_999,
    )


def report(**changes: str) -> bytes:
    said = {**REPORT, **{f"vnp_{name}": value for name, value in changes.items()}}
    return urlencode({**said, signature.HASH: signature.sign_query(said, SECRET)}).encode()


def answered(rail: Rail, *, secret: str = SECRET, **changes: str) -> VNPayProvider:
    """VNPAY's API, saying what a paid payment would say but for ``changes``."""

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        names = QUERY_ANSWER if asked["vnp_Command"] == "querydr" else REFUND_ANSWER
        said = {
            **dict.fromkeys(names, ""),
            **{name.removeprefix("vnp_"): value for name, value in REPORT.items()},
            "Command": asked["vnp_Command"],
            "TransactionType": "01" if names is QUERY_ANSWER else asked["vnp_TransactionType"],
            **changes,
        }
        hash_ = signature.sign_fields([said[name] for name in names], secret)
        return {**{f"vnp_{name}": said[name] for name in names}, signature.HASH: hash_}

    rail.says(answer)
    return vnpay(rail.url)


def test_the_buyer_is_sent_to_a_signed_address_in_vietnamese_time() -> None:
    url = urlsplit(vnpay().start(CHARGE).redirect_url)
    query = dict(parse_qsl(url.query))
    assert signature.verify_query(query, SECRET)
    assert query["vnp_Amount"] == "15000000"
    assert (query["vnp_CreateDate"], query["vnp_ExpireDate"]) == ("20260728000100", "20260728001600")
    assert (query["vnp_TxnRef"], query["vnp_OrderInfo"]) == ("BP7K2M9QXA", "Don hang 100012")
    assert query["vnp_ReturnUrl"] == CHARGE.return_url
    assert signature.HASH in parse_qs(url.query)


def test_a_moment_without_a_zone_is_not_guessed_at() -> None:
    with pytest.raises(ValueError, match="time zone"):
        vnpay().start(replace(CHARGE, opened_at=OPENED.replace(tzinfo=None), expires_at=None))


@pytest.mark.parametrize("amount", [4_999, 1_000_000_000])
def test_an_amount_outside_the_limits_is_declined(amount: int) -> None:
    with pytest.raises(DeclinedPayment):
        vnpay().start(replace(CHARGE, amount=amount))


def test_a_genuine_report_of_a_payment_is_read() -> None:
    vnpay().verify({}, report())
    notice = vnpay().read(report())
    assert (notice.outcome, notice.amount, notice.reference) == (Outcome.PAID, 150_000, "BP7K2M9QXA")
    assert notice.provider_reference == "14422574"
    assert notice.occurred_at == OPENED + timedelta(minutes=4)
    assert vnpay().read(report()) == notice


@given(st.dictionaries(st.sampled_from([name.removeprefix("vnp_") for name in REPORT]) | NAMES, st.text()))
@example({"ResponseCode": "00", "TransactionStatus": "00", "TransactionNo": "777"})
@example({"TxnRef": "BPANOTHER1", "Amount": "99900000"})
@example({"VNP_Amount": "99900000", "vnp_SecureHashType": "vnp_"})
def test_what_somebody_adds_to_a_genuine_report_is_not_read(added: dict[str, str]) -> None:
    """Anybody has the address of a report of an own payment: it is where VNPAY sends the buyer back to."""
    genuine = report(ResponseCode="24", TransactionStatus="02")
    longer = genuine + b"&" + urlencode(added).encode()
    with suppress(InvalidSignature):
        vnpay().verify({}, longer)
        assert vnpay().read(longer) == vnpay().read(genuine)


@pytest.mark.parametrize(
    ("response", "status", "outcome", "reason"),
    [
        ("00", "01", Outcome.PENDING, Reason.NONE),
        ("00", "02", Outcome.FAILED, Reason.REFUSED),
        ("00", "", Outcome.PENDING, Reason.NONE),
        ("99", "00", Outcome.PENDING, Reason.NONE),
        ("07", "07", Outcome.PENDING, Reason.HELD),
        ("00", "07", Outcome.PENDING, Reason.HELD),
        ("00", "04", Outcome.FAILED, Reason.REVERSED),
        ("24", "02", Outcome.FAILED, Reason.CANCELLED),
        ("11", "02", Outcome.FAILED, Reason.EXPIRED),
        ("51", "02", Outcome.FAILED, Reason.INSUFFICIENT),
        ("65", "02", Outcome.FAILED, Reason.INSUFFICIENT),
        *[
            (code, "02", Outcome.FAILED, Reason.REFUSED)
            for code in ("09", "10", "12", "13", "75", "79", "99")
        ],
        *[("00", status, Outcome.REFUNDING, Reason.NONE) for status in ("05", "06")],
        ("00", "09", Outcome.PAID, Reason.NONE),
        ("99", "05", Outcome.FAILED, Reason.REFUSED),
        ("88", "88", Outcome.PENDING, Reason.NONE),
    ],
)
def test_each_pair_of_codes_means_one_thing(
    response: str, status: str, outcome: Outcome, reason: Reason
) -> None:
    notice = vnpay().read(report(ResponseCode=response, TransactionStatus=status))
    assert (notice.outcome, notice.reason) == (outcome, reason)


@pytest.mark.parametrize(
    "body",
    [
        report() + b"&vnp_Amount=15000000",
        report().replace(b"15000000", b"1500000"),
        report() + b"&vnp_Extra=%FF",
        report(TmnCode="THEIRS01"),
        b"",
        "vnp_TxnRef=ớt".encode(),
    ],
)
def test_a_report_that_is_not_vnpays_or_not_ours_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidSignature):
        vnpay().verify({}, body)


@pytest.mark.parametrize("change", [{"Amount": ""}, {"PayDate": "tomorrow"}])
def test_a_report_that_makes_no_sense_is_unreadable(change: dict[str, str]) -> None:
    vnpay().verify({}, report(**change))
    with pytest.raises(UnreadableNotification):
        vnpay().read(report(**change))


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        (Verdict.ACCEPTED, "00"),
        (Verdict.REPEATED, "02"),
        (Verdict.UNKNOWN_PAYMENT, "01"),
        (Verdict.AMOUNT_DIFFERS, "04"),
        (Verdict.FORGED, "97"),
        (Verdict.UNREADABLE, "99"),
    ],
)
def test_vnpay_is_answered_in_its_codes(verdict: Verdict, code: str) -> None:
    reply = vnpay().acknowledge(verdict)
    assert (reply.status, (reply.body or {})["RspCode"]) == (200, code)


def test_a_query_names_the_day_the_payment_was_begun_and_says_what_became_of_it(rail: Rail) -> None:
    notice = answered(rail).fetch(CHARGE)
    assert notice is not None
    assert (notice.outcome, notice.amount, notice.provider_reference) == (Outcome.PAID, 150_000, "14422574")
    assert rail.asked[0][1]["vnp_TransactionDate"] == "20260728000100"
    assert rail.asked[0][1]["vnp_TransactionNo"] == CHARGE.provider_reference


def test_a_payment_vnpay_does_not_know(rail: Rail) -> None:
    assert answered(rail, ResponseCode="91").fetch(CHARGE) is None


@pytest.mark.parametrize(
    ("changes", "permanent"),
    [
        ({"secret": "guessed"}, False),
        ({"TxnRef": "BP00000000"}, False),
        ({"TransactionType": "03"}, True),
        ({"ResponseCode": "99"}, False),
        ({"ResponseCode": "97"}, True),
    ],
)
def test_an_answer_that_is_none_is_an_error(rail: Rail, changes: dict[str, str], permanent: bool) -> None:
    with pytest.raises(ProviderError) as failure:
        answered(rail, **changes).fetch(CHARGE)
    assert failure.value.permanent is permanent


def test_a_refund_is_asked_for_under_one_number_in_hundredths(rail: Rail) -> None:
    provider = answered(rail, TransactionStatus="05", TransactionNo="14422999")
    for order in (PART, PART, WHOLE):
        result = provider.refund(order)
        assert (result.outcome, result.provider_reference) == (RefundOutcome.IN_TRANSIT, "14422999")
    first, again, whole = (fields for _, fields in rail.asked)
    assert first["vnp_RequestId"] == again["vnp_RequestId"] != whole["vnp_RequestId"]
    assert (first["vnp_TransactionType"], first["vnp_Amount"]) == ("03", "5000000")
    assert (whole["vnp_TransactionType"], whole["vnp_TransactionNo"]) == ("02", "14422574")


def test_another_error_says_nothing_of_a_refund(rail: Rail) -> None:
    """VNPAY may have failed after it was done: a person who sends it then pays it twice."""
    with pytest.raises(ProviderError) as failure:
        answered(rail, ResponseCode="99").refund(PART)
    assert not failure.value.permanent


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("94", RefundOutcome.IN_TRANSIT),
        *[(code, RefundOutcome.FAILED) for code in ("02", "03", "91", "95", "97")],
    ],
)
def test_a_refused_refund_says_why(rail: Rail, code: str, outcome: RefundOutcome) -> None:
    result = answered(rail, ResponseCode=code).refund(PART)
    assert result.outcome is outcome
    assert code in result.message


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({"TransactionType": "03", "Amount": "5000000", "TransactionStatus": "06"}, RefundOutcome.DONE),
        ({"TransactionType": "03", "Amount": "5000000", "TransactionStatus": "09"}, RefundOutcome.FAILED),
        ({"TransactionType": "03", "Amount": "5000000", "TransactionStatus": "05"}, RefundOutcome.IN_TRANSIT),
        ({"TransactionType": "03", "Amount": "4000000", "TransactionStatus": "06"}, RefundOutcome.IN_TRANSIT),
        ({"TransactionStatus": "05"}, RefundOutcome.IN_TRANSIT),
    ],
)
def test_only_the_refund_itself_tells_how_far_it_is(
    rail: Rail, changes: dict[str, str], outcome: RefundOutcome
) -> None:
    assert answered(rail, **changes).fetch_refund(PART).outcome is outcome


@pytest.mark.parametrize("changes", [{}, {"ResponseCode": "91"}])
def test_a_payment_without_a_refund_is_no_sign_of_ours(rail: Rail, changes: dict[str, str]) -> None:
    with pytest.raises(UnknownRefund):
        answered(rail, **changes).fetch_refund(PART)


def test_a_refund_that_vnpay_has_numbered_is_never_unknown(rail: Rail) -> None:
    result = answered(rail).fetch_refund(replace(PART, provider_reference="14422999"))
    assert (result.outcome, result.provider_reference) == (RefundOutcome.IN_TRANSIT, "14422999")

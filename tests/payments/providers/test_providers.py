import json
from datetime import UTC, datetime

import pytest

from payments.providers.base import (
    Charge,
    DeclinedPayment,
    InvalidSignature,
    Outcome,
    PaymentProvider,
    UnreadableNotification,
)
from payments.providers.cash_on_delivery.provider import CashOnDeliveryProvider
from payments.providers.sepay.notifier import SePayNotifier
from payments.providers.sepay.signature import sign
from payments.providers.vietqr.memo import make_code
from payments.providers.vietqr.payload import parse
from payments.providers.vietqr.provider import VietQRProvider

SECRET = "a secret of the tests"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
TRANSFER = {
    "id": 1,
    "gateway": "Vietcombank",
    "transactionDate": "2026-11-23 10:00:00",
    "accountNumber": "0123499999",
    "code": None,
    "content": "chuyen tien",
    "transferType": "in",
    "transferAmount": 150_000,
    "referenceCode": "FT26327",
}
vietqr = VietQRProvider(bank_bin="970436", account="0123499999", account_name="CHO NONG SAN")
cash = CashOnDeliveryProvider(maximum=2_000_000)
sepay = SePayNotifier(secret=SECRET)


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    stamp = str(int(NOW.timestamp()))
    return {
        "X-SePay-Timestamp": stamp,
        "X-SePay-Signature": sign(timestamp=stamp, body=body, secret=secret),
    }


def notification(**changes: object) -> bytes:
    return json.dumps({**TRANSFER, **changes}).encode()


def test_vietqr_asks_for_the_amount_with_our_code_as_memo() -> None:
    start = vietqr.start(Charge(reference="BP7K2M9QXA", amount=150_000))
    transfer = parse(start.qr_payload)
    assert (transfer.bank_bin, transfer.account) == ("970436", "0123499999")
    assert (transfer.amount, transfer.purpose) == (150_000, "BP7K2M9QXA")
    assert (start.reference, start.redirect_url) == ("BP7K2M9QXA", "")


@pytest.mark.parametrize(
    ("provider", "amount"),
    [(vietqr, 999), (vietqr, 500_000_000), (cash, 0), (cash, 2_000_001)],
)
def test_an_amount_outside_the_limits_is_declined(provider: PaymentProvider, amount: int) -> None:
    assert not provider.is_available(amount=amount)
    with pytest.raises(DeclinedPayment) as declined:
        provider.start(Charge(reference="BP7K2M9QXA", amount=amount))
    assert declined.value.permanent


@pytest.mark.parametrize(("provider", "amount"), [(vietqr, 1_000), (vietqr, 499_999_999), (cash, 2_000_000)])
def test_an_amount_at_the_limit_is_taken(provider: PaymentProvider, amount: int) -> None:
    assert provider.is_available(amount=amount)
    assert provider.start(Charge(reference="BP7K2M9QXA", amount=amount)).reference == "BP7K2M9QXA"


def test_money_in_is_paid_under_the_code_of_its_memo() -> None:
    code = make_code()
    body = notification(content=f"MBVCB.1.{code.lower()} chuyen tien")
    notice = sepay.parse_notification(signed(body), body, now=NOW)
    assert (notice.outcome, notice.reference, notice.amount) == (Outcome.PAID, code, 150_000)
    assert (notice.event_id, notice.account, notice.bank_reference) == ("1", "0123499999", "FT26327")
    assert (notice.currency, notice.occurred_at) == ("VND", NOW)


def test_the_code_sepay_recognised_is_enough() -> None:
    code = make_code()
    body = notification(code=code)
    assert sepay.parse_notification(signed(body), body, now=NOW).reference == code


def test_money_out_is_ignored() -> None:
    body = notification(transferType="out")
    assert sepay.parse_notification(signed(body), body, now=NOW).outcome is Outcome.IGNORED


def test_a_memo_without_a_code_names_no_payment() -> None:
    body = notification()
    assert sepay.parse_notification(signed(body), body, now=NOW).reference == ""


def test_a_forged_notification_is_not_even_read() -> None:
    with pytest.raises(InvalidSignature) as forged:
        sepay.parse_notification(signed(b"not JSON", secret="guessed"), b"not JSON", now=NOW)
    assert sepay.acknowledge(forged.value).status == 401


def test_a_genuine_but_senseless_notification_is_not_asked_for_again() -> None:
    with pytest.raises(UnreadableNotification) as unreadable:
        sepay.parse_notification(signed(b"not JSON"), b"not JSON", now=NOW)
    reply = sepay.acknowledge(unreadable.value)
    assert (reply.status, reply.body) == (200, {"success": True})
    assert sepay.acknowledge(None).status == 200

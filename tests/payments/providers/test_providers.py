import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from payments.providers import registry
from payments.providers.base import (
    Charge,
    DeclinedPayment,
    InvalidSignature,
    Outcome,
    PaymentProvider,
    RefundOrder,
    RefundOutcome,
    UnreadableNotification,
    Verdict,
)
from payments.providers.cash_on_delivery.provider import CashOnDeliveryProvider
from payments.providers.sepay.notifier import SePayNotifier
from payments.providers.sepay.signature import sign
from payments.providers.vietqr.memo import make_code
from payments.providers.vietqr.payload import parse
from payments.providers.vietqr.provider import VietQRProvider

SECRET = "a secret of the tests"
NOW = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
CHARGE = Charge(reference="BP7K2M9QXA", amount=150_000, opened_at=NOW)
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
    start = vietqr.start(CHARGE)
    transfer = parse(start.qr_payload)
    assert (transfer.bank_bin, transfer.account) == ("970436", "0123499999")
    assert (transfer.amount, transfer.purpose) == (150_000, "BP7K2M9QXA")
    assert (start.provider_reference, start.redirect_url) == ("", "")


@pytest.mark.parametrize(
    ("provider", "amount"),
    [(vietqr, 999), (vietqr, 500_000_000), (cash, 0), (cash, 2_000_001)],
)
def test_an_amount_outside_the_limits_is_declined(provider: PaymentProvider, amount: int) -> None:
    assert not provider.is_available(amount=amount)
    with pytest.raises(DeclinedPayment) as declined:
        provider.start(replace(CHARGE, amount=amount))
    assert declined.value.permanent


@pytest.mark.parametrize(("provider", "amount"), [(vietqr, 1_000), (vietqr, 499_999_999), (cash, 2_000_000)])
def test_an_amount_at_the_limit_is_taken(provider: PaymentProvider, amount: int) -> None:
    assert provider.is_available(amount=amount)
    provider.start(replace(CHARGE, amount=amount))


def test_money_in_is_paid_under_the_code_of_its_memo() -> None:
    code = make_code()
    body = notification(content=f"MBVCB.1.{code.lower()} chuyen tien")
    notice = sepay.read(body)
    assert (notice.outcome, notice.reference, notice.amount) == (Outcome.PAID, code, 150_000)
    assert (notice.event_id, notice.account, notice.bank_reference) == ("1", "0123499999", "FT26327")
    assert (notice.currency, notice.occurred_at) == ("VND", NOW)


def test_the_code_sepay_recognised_is_enough() -> None:
    code = make_code()
    body = notification(code=code)
    assert sepay.read(body).reference == code


def test_money_out_is_ignored() -> None:
    body = notification(transferType="out")
    assert sepay.read(body).outcome is Outcome.IGNORED


def test_a_memo_without_a_code_names_no_payment() -> None:
    body = notification()
    assert sepay.read(body).reference == ""


@time_machine.travel(NOW, tick=False)
def test_a_signed_notification_is_accepted() -> None:
    body = notification()
    sepay.verify(signed(body), body)
    reply = sepay.acknowledge(Verdict.ACCEPTED)
    assert (reply.status, reply.body) == (200, {"success": True})


@time_machine.travel(NOW, tick=False)
def test_a_forged_notification_is_refused() -> None:
    body = notification()
    with pytest.raises(InvalidSignature):
        sepay.verify(signed(body, secret="guessed"), body)
    assert sepay.acknowledge(Verdict.FORGED).status == 401


def test_a_genuine_but_senseless_notification_is_not_asked_for_again() -> None:
    with pytest.raises(UnreadableNotification):
        sepay.read(b"not JSON")
    assert sepay.acknowledge(Verdict.UNREADABLE).status == 200


def test_the_registry_builds_what_the_settings_name(settings: Any) -> None:
    settings.BANK_BIN, settings.CASH_ON_DELIVERY_CAP = "970422", 500_000
    assert [way.code for way in registry.providers()] == ["vietqr", "cash_on_delivery"]
    assert parse(registry.provider("vietqr").start(CHARGE).qr_payload).bank_bin == "970422"
    assert registry.provider("cash_on_delivery").maximum == 500_000
    assert isinstance(registry.notifier("sepay"), SePayNotifier)


@pytest.mark.parametrize("find", [registry.provider, registry.notifier])
def test_an_unknown_code_is_named_with_those_that_exist(find: Callable[[str], object]) -> None:
    with pytest.raises(registry.UnknownCode, match="'barter' is not one of .*(vietqr|sepay)"):
        find("barter")


def test_buyers_are_offered_the_rails_that_are_on_in_the_order_of_the_settings(settings: Any) -> None:
    settings.PAYMENT_RAILS = ["zalopay", "vnpay", "momo", "vietqr"]
    ways = registry.providers()
    assert [way.code for way in ways] == settings.PAYMENT_RAILS
    assert all(way.label and way.help and way.minimum < way.maximum for way in ways)


def test_a_rail_that_is_off_is_not_imported_and_hears_nothing(settings: Any) -> None:
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, "gone": "payments.providers.gone.Gone"}
    registry.providers()
    with pytest.raises(registry.UnknownCode):
        registry.notifier("momo")
    settings.PAYMENT_RAILS = ["momo"]
    assert registry.notifier("momo").code == "momo"
    with pytest.raises(registry.UnknownCode):
        registry.notifier("sepay")


@pytest.mark.parametrize("code", ["sepay", "payos", "casso"])
def test_transfers_are_reported_by_whom_the_settings_name(settings: Any, code: str) -> None:
    settings.BANK_NOTIFIERS = [code]
    assert registry.notifier(code).code == code
    for other in {"sepay", "payos", "casso"} - {code}:
        with pytest.raises(registry.UnknownCode):
            registry.notifier(other)


def test_a_rail_that_cannot_refund_leaves_it_to_a_person() -> None:
    order = RefundOrder(key="x", charge=CHARGE, amount=CHARGE.amount, reason="", opened_at=NOW)
    assert vietqr.refund(order).outcome is RefundOutcome.BY_HAND

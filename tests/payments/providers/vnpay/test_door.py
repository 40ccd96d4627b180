"""VNPAY calls /thanh-toan/vnpay/ipn and hears, in its own codes, what became of its report."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import Error, connection
from django.test import Client
from structlog.testing import capture_logs

from payments.models import Notification, Payment
from payments.providers.vnpay.signature import HASH, sign_query
from tests.payments.orders import TOTAL, make_payment, reread

pytestmark = pytest.mark.django_db


@pytest.fixture
def payment(settings: Any) -> Payment:
    settings.PAYMENT_RAILS = ["vnpay"]
    return make_payment(provider="vnpay")


@pytest.fixture
def vnpay(client: Client, settings: Any) -> Any:
    """What VNPAY is answered when it reports this."""

    def report(
        reference: str, *, secret: str = "", drop: str = "", added: str = "", **changes: str
    ) -> dict[str, str]:
        said = {
            "vnp_Amount": str(TOTAL * 100),
            "vnp_BankCode": "NCB",
            "vnp_OrderInfo": "Don hang 100012",
            "vnp_PayDate": "20260728000500",
            "vnp_ResponseCode": "00",
            "vnp_TmnCode": settings.VNPAY_TMN_CODE,
            "vnp_TransactionNo": "14422574",
            "vnp_TransactionStatus": "00",
            "vnp_TxnRef": reference,
            **{f"vnp_{name}": value for name, value in changes.items()},
        }
        said.pop(f"vnp_{drop}", "")
        query = urlencode({**said, HASH: sign_query(said, secret or settings.VNPAY_SECRET)})
        answer = client.get(f"/thanh-toan/vnpay/ipn?{query}{added}")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
        told: dict[str, str] = answer.json()
        return told

    return report


def test_a_payment_that_was_recorded_is_00_and_told_again_02(payment: Payment, vnpay: Any) -> None:
    assert vnpay(payment.reference) == {"RspCode": "00", "Message": "Confirm Success"}
    assert vnpay(payment.reference) == {"RspCode": "02", "Message": "Order already confirmed"}
    assert (reread(payment).state, reread(payment).received) == ("confirmed", TOTAL)


def test_a_failed_payment_that_was_recorded_is_00_too(payment: Payment, vnpay: Any) -> None:
    assert vnpay(payment.reference, ResponseCode="24", TransactionStatus="02")["RspCode"] == "00"
    assert (reread(payment).state, reread(payment).failure) == ("failed", "cancelled")


def test_that_it_failed_once_more_is_02(payment: Payment, vnpay: Any) -> None:
    said = {"ResponseCode": "51", "TransactionStatus": "02"}
    answers = [vnpay(payment.reference, TransactionNo=number, **said)["RspCode"] for number in ("1", "2")]
    assert answers == ["00", "02"]
    assert (reread(payment).state, reread(payment).failure) == ("failed", "insufficient")


def test_a_buyer_cannot_make_a_payment_of_a_cancelled_one(payment: Payment, vnpay: Any) -> None:
    added = "&ResponseCode=00&TransactionStatus=00&TransactionNo=777"
    vnpay(payment.reference, added=added, ResponseCode="24", TransactionStatus="02")
    assert (reread(payment).state, reread(payment).received) == ("failed", 0)


def test_a_small_payment_does_not_pay_for_another_order(payment: Payment, vnpay: Any) -> None:
    other = make_payment(provider="vnpay")
    added = f"&TxnRef={other.reference}&Amount={TOTAL * 100}"
    vnpay(payment.reference, added=added, Amount="500000")
    assert reread(other).received == 0


def test_a_payment_that_is_not_ours_is_01(payment: Payment, vnpay: Any) -> None:
    assert vnpay("BP00000000") == {"RspCode": "01", "Message": "Order not found"}


def test_another_amount_is_04_each_time(payment: Payment, vnpay: Any) -> None:
    for _ in range(2):
        assert vnpay(payment.reference, Amount=str(TOTAL * 100 - 100)) == {
            "RspCode": "04",
            "Message": "Invalid amount",
        }
    assert (reread(payment).state, reread(payment).received) == ("pending", 0)


@pytest.mark.parametrize("amount", ["015000000", "15000000.0", "15000001", "+15000000", "９", "1" * 40])
def test_an_amount_written_otherwise_is_another_one(payment: Payment, vnpay: Any, amount: str) -> None:
    assert vnpay(payment.reference, Amount=amount) == {"RspCode": "04", "Message": "Invalid amount"}
    assert vnpay("BP00000000", Amount=amount)["RspCode"] == "01"
    assert set(Notification.objects.values_list("verdict", flat=True)) == {"unusable"}
    assert (reread(payment).state, reread(payment).received) == ("pending", 0)


@pytest.mark.parametrize("changes", [{"secret": "guessed"}, {"TmnCode": "OTHERS01"}])
def test_what_is_not_signed_by_vnpay_for_us_is_97(
    payment: Payment, vnpay: Any, changes: dict[str, str]
) -> None:
    assert vnpay(payment.reference, **changes) == {"RspCode": "97", "Message": "Invalid signature"}
    assert Notification.objects.get().verdict == "forged"


@pytest.mark.parametrize("changes", [{"drop": "Amount"}, {"PayDate": "yesterday"}])
def test_what_is_signed_and_makes_no_sense_is_99(
    payment: Payment, vnpay: Any, changes: dict[str, str]
) -> None:
    assert vnpay(payment.reference, **changes) == {"RspCode": "99", "Message": "Unknown error"}
    assert Notification.objects.get().verdict == "unusable"
    assert reread(payment).received == 0


@contextmanager
def broken(table: str) -> Iterator[None]:
    """PostgreSQL takes no new row of ``table``."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION out_of_order() RETURNS trigger LANGUAGE plpgsql"
            " AS $$ BEGIN RAISE 'out of order'; END $$"
        )
        cursor.execute(
            f"CREATE TRIGGER out_of_order BEFORE INSERT ON {table} EXECUTE FUNCTION out_of_order()"
        )
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION out_of_order CASCADE")


@pytest.mark.parametrize(("table", "kept"), [("ledger_entry", 1), ("payments_notification", 0)])
def test_an_error_of_ours_is_99_with_a_traceback_for_us_and_vnpay_calls_again(
    payment: Payment, vnpay: Any, table: str, kept: int
) -> None:
    """While settling, and while storing."""
    with broken(table), capture_logs() as logs:
        assert vnpay(payment.reference) == {"RspCode": "99", "Message": "Unknown error"}
    (said,) = [entry for entry in logs if entry["event"] == "notification_not_received"]
    assert (said["log_level"], said["provider"], said["exc_info"]) == ("error", "vnpay", True)
    assert (reread(payment).state, reread(payment).received) == ("pending", 0)
    assert Notification.objects.filter(verdict="received").count() == kept
    assert vnpay(payment.reference)["RspCode"] == "00"
    assert (reread(payment).state, reread(payment).received) == ("confirmed", TOTAL)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_is_99_too(payment: Payment, vnpay: Any) -> None:
    with pytest.raises(Error), connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert vnpay(payment.reference) == {"RspCode": "99", "Message": "Unknown error"}
    connection.close()
    assert vnpay(payment.reference)["RspCode"] == "00"
    assert reread(payment).received == TOTAL


def test_who_understands_no_apology_gets_a_500(settings: Any) -> None:
    settings.PAYMENT_RAILS = ["momo"]
    client = Client(raise_request_exception=False)
    with broken("payments_notification"):
        answer = client.post("/thanh-toan/momo/ipn", b"{}", "application/json")
    assert answer.status_code == 500

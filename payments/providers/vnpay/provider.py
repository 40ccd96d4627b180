"""VNPAY: domestic cards, bank apps and international cards on VNPAY's own page."""

from datetime import timedelta
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from payments.providers.base import (
    Charge,
    DeclinedPayment,
    Notice,
    PaymentProvider,
    ProviderError,
    RefundOrder,
    RefundOutcome,
    RefundResult,
    Start,
    UnknownRefund,
)
from payments.providers.hosts import Hosts
from payments.providers.plain_text import plain
from payments.providers.vietnam import local
from payments.providers.vnpay import codes, signature
from payments.providers.vnpay.client import HUNDREDTHS, STAMP, VNPayClient
from payments.providers.vnpay.report import VNPayNotifier, read_answer

TIME_TO_PAY = timedelta(minutes=15)
_PAYMENT, _REFUNDS = "01", ("02", "03")
"""``vnp_TransactionType``; refunds of all and of a part."""


class VNPayProvider(VNPayNotifier, PaymentProvider):
    """Sends the buyer to ``pay_url`` and asks ``api_url``, in the name of the terminal ``tmn_code``."""

    code = "vnpay"
    label = _("Bank card or bank app (VNPAY)")
    help = _("You go to VNPAY to pay by ATM card, bank app or Visa and Mastercard, then come back here.")
    asks_to_start = False
    supports_refund = True
    supports_partial_refund = True

    def __init__(
        self,
        *,
        pay_url: str,
        api_url: str,
        hosts: Hosts,
        tmn_code: str,
        secret: str,
        minimum: int,
        maximum: int,
    ) -> None:
        super().__init__(tmn_code=tmn_code, secret=secret)
        if not hosts.allow(pay_url):
            raise ValueError(f"{pay_url!r} is not the address of a page of VNPAY")
        self.pay_url = pay_url
        self.client = VNPayClient(url=api_url, hosts=hosts, tmn_code=tmn_code, secret=secret)
        self.minimum, self.maximum = minimum, maximum

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(
            pay_url=settings.VNPAY_PAY_URL,
            api_url=settings.VNPAY_API_URL,
            hosts=Hosts.from_settings(settings, cls.code),
            tmn_code=settings.VNPAY_TMN_CODE,
            secret=settings.VNPAY_SECRET,
            minimum=settings.VNPAY_MINIMUM,
            maximum=settings.VNPAY_MAXIMUM,
        )

    def start(self, charge: Charge) -> Start:
        if not self.is_available(amount=charge.amount):
            raise DeclinedPayment(f"VNPAY does not take {charge.amount} đồng")
        query = self._pay_query(charge)
        signed = signature.sign_query(query, self.secret)
        url = f"{self.pay_url}?{signature.canonical(query)}&{signature.HASH}={signed}"
        return Start(redirect_url=url)

    def fetch(self, charge: Charge) -> Notice | None:
        """The payment is named where its number is known, or VNPAY may answer with a refund of it instead."""
        said = self.client.query(charge, transaction=charge.provider_reference)
        if said["ResponseCode"] == codes.NOT_FOUND:
            return None  # the buyer has not opened VNPAY's page, or left it before choosing a bank
        _check(said)
        if said["TransactionType"] not in ("", _PAYMENT):
            raise ProviderError("VNPAY answered with a refund, not with the payment", permanent=True)
        return read_answer(charge, said)

    def refund(self, order: RefundOrder) -> RefundResult:
        said = self.client.refund(order)
        code, message = said["ResponseCode"], f"{said['ResponseCode']} {said['Message']}"
        if code == codes.DUPLICATE:
            return RefundResult(outcome=RefundOutcome.IN_TRANSIT, message=message)
        if code in codes.REFUND_REFUSED:
            return RefundResult(outcome=RefundOutcome.FAILED, message=message)
        _check(said)
        return RefundResult(
            outcome=codes.refund_outcome(said["TransactionStatus"]),
            provider_reference=said["TransactionNo"],
            message=message,
        )

    def fetch_refund(self, order: RefundOrder) -> RefundResult:
        """VNPAY has no question of its own for this: querydr names the latest transaction of the reference.

        A refund of the same amount without a number of ours may be another of the payment: the caller, who
        knows their numbers, has to look. Another transaction hides what became of this one.
        """
        said = self.client.query(order.charge, transaction=order.provider_reference)
        if not order.provider_reference and _shows_no_refund(said):
            raise UnknownRefund(f"VNPAY shows no refund of {order.charge.reference}")
        _check(said)
        message = f"{said['TransactionStatus']} {said['Message']}"
        ours = (
            said["TransactionType"] in _REFUNDS
            and said["Amount"] == str(order.amount * HUNDREDTHS)
            and order.provider_reference in ("", said["TransactionNo"])
        )
        if not ours:
            return RefundResult(
                outcome=RefundOutcome.IN_TRANSIT,
                provider_reference=order.provider_reference,
                message=f"VNPAY shows another transaction, {said['TransactionNo']}: {message}",
            )
        return RefundResult(
            outcome=codes.refund_outcome(said["TransactionStatus"]),
            provider_reference=said["TransactionNo"],
            message=message,
        )

    def _pay_query(self, charge: Charge) -> dict[str, str]:
        ends = charge.expires_at or charge.opened_at + TIME_TO_PAY
        return {
            "vnp_Version": "2.1.0",
            "vnp_Command": "pay",
            "vnp_TmnCode": self.tmn_code,
            "vnp_Amount": str(charge.amount * HUNDREDTHS),
            "vnp_CurrCode": "VND",
            "vnp_TxnRef": charge.reference,
            "vnp_OrderInfo": plain(charge.description, longest=255) or f"Thanh toan {charge.reference}",
            "vnp_OrderType": "other",
            "vnp_Locale": "vn",
            "vnp_ReturnUrl": charge.return_url,
            "vnp_IpAddr": charge.client_ip,
            "vnp_CreateDate": local(charge.opened_at, STAMP),
            "vnp_ExpireDate": local(ends, STAMP),
        }


def _shows_no_refund(said: dict[str, str]) -> bool:
    """The payment itself, whose status tells of no refund either, or nothing at all."""
    if said["ResponseCode"] == codes.NOT_FOUND:
        return True
    paid = said["ResponseCode"] == codes.OK and said["TransactionType"] in ("", _PAYMENT)
    return paid and said["TransactionStatus"] not in codes.REFUNDING


def _check(said: dict[str, str]) -> None:
    code = said["ResponseCode"]
    if code != codes.OK:
        raise ProviderError(f"VNPAY answered {code}", permanent=code in codes.MISCONFIGURED)

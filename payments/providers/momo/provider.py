"""The MoMo wallet: the buyer confirms in the app, on the phone at once or by scanning MoMo's page."""

import hashlib
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
from payments.providers.momo import codes
from payments.providers.momo.client import MoMoClient
from payments.providers.momo.report import MoMoNotifier, read_answer


class MoMoProvider(MoMoNotifier, PaymentProvider):
    """One-step payments (captureWallet); a refund is an order of its own at MoMo."""

    code = "momo"
    label = _("MoMo wallet")
    help = _("You confirm the payment in the MoMo app, then come back here.")
    supports_refund = True
    supports_partial_refund = True
    minimum = 1_000
    maximum = 50_000_000
    """Both are MoMo's own for captureWallet; refunds have the same."""

    def __init__(self, *, url: str, hosts: Hosts, partner_code: str, access_key: str, secret: str) -> None:
        super().__init__(partner_code=partner_code, access_key=access_key, secret=secret)
        self.hosts = hosts
        self.client = MoMoClient(
            url=url, hosts=hosts, partner_code=partner_code, access_key=access_key, secret=secret
        )

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(
            url=settings.MOMO_URL,
            hosts=Hosts.from_settings(settings, cls.code),
            partner_code=settings.MOMO_PARTNER_CODE,
            access_key=settings.MOMO_ACCESS_KEY,
            secret=settings.MOMO_SECRET,
        )

    def start(self, charge: Charge) -> Start:
        if not self.is_available(amount=charge.amount):
            raise DeclinedPayment(f"MoMo does not take {charge.amount} đồng")
        said = self.client.create(charge)
        code, url = said["resultCode"], said.get("payUrl")
        if code != codes.OK:
            raise _refusal(code)
        if said.get("amount") != charge.amount or not isinstance(url, str) or not self.hosts.allow(url):
            raise ProviderError("MoMo's answer has another amount or no page to pay on", permanent=False)
        return Start(redirect_url=url)

    def fetch(self, charge: Charge) -> Notice | None:
        said = self.client.query(charge)
        code = said["resultCode"]
        if code == codes.NOT_FOUND:
            return None
        if not isinstance(code, int) or not codes.is_about_payment(code):
            raise _failure(code)
        return read_answer(said)

    def refund(self, order: RefundOrder) -> RefundResult:
        if not self.is_available(amount=order.amount):
            return RefundResult(
                outcome=RefundOutcome.FAILED, message=f"MoMo does not give back {order.amount} đồng"
            )
        if not order.charge.provider_reference.isdecimal():
            return RefundResult(
                outcome=RefundOutcome.FAILED, message="MoMo's number of the payment is unknown"
            )
        return _refund_result(self.client.refund(order, order_id=refund_id(order.key)))

    def fetch_refund(self, order: RefundOrder) -> RefundResult:
        said = self.client.query_refund(refund_id(order.key))
        if said["resultCode"] == codes.NOT_FOUND:
            raise UnknownRefund("MoMo knows no such refund")
        return _refund_result(said)


def refund_id(key: str) -> str:
    """MoMo's orderId of a refund: letters and digits, unguessable, the same for the same refund."""
    return "RF" + hashlib.sha256(key.encode()).hexdigest()[:30]


def _refund_result(said: dict[str, object]) -> RefundResult:
    code, transaction = said["resultCode"], said.get("transId")
    outcome = codes.refund_outcome(code) if isinstance(code, int) else None
    if outcome is None:
        raise _failure(code)
    return RefundResult(
        outcome=outcome,
        provider_reference=str(transaction) if isinstance(transaction, int) and transaction else "",
        message=f"{code} {said.get('message', '')}",
    )


def _refusal(code: object) -> ProviderError:
    """Why there is no page to pay on: wrong settings and busy times are ours and MoMo's, the rest is final."""
    if code in codes.MISCONFIGURED or code in codes.UNDECIDED:
        return _failure(code)
    return DeclinedPayment(f"MoMo answered {code}")


def _failure(code: object) -> ProviderError:
    permanent = code in codes.MISCONFIGURED or code == codes.NOT_FOUND
    return ProviderError(f"MoMo answered {code}", permanent=permanent)

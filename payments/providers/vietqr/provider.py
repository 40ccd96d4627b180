"""Bank transfer by VietQR: the buyer scans, the bank moves the money, a notifier (SePay) tells us."""

from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from payments.providers.base import Charge, DeclinedPayment, PaymentProvider, Start
from payments.providers.vietqr import payload


class VietQRProvider(PaymentProvider):
    """Money goes straight to the account ``account`` (holder ``account_name``) at bank ``bank_bin``."""

    code = "vietqr"
    starts_at_once = True
    label = _("Bank transfer by QR")
    help = _(
        "Scan with any bank's app. The order is confirmed as soon as the money arrives, usually in seconds."
    )
    minimum = 1_000
    maximum = 499_999_999
    """NAPAS 247 carries less than 500 million đồng per transfer."""

    def __init__(self, *, bank_bin: str, account: str, account_name: str) -> None:
        self.bank_bin = bank_bin
        self.account = account
        self.account_name = account_name

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(
            bank_bin=settings.BANK_BIN,
            account=settings.BANK_ACCOUNT,
            account_name=settings.BANK_ACCOUNT_NAME,
        )

    def start(self, charge: Charge) -> Start:
        if not self.is_available(amount=charge.amount):
            raise DeclinedPayment(f"{charge.amount} đồng cannot be sent by one NAPAS 247 transfer")
        qr = payload.build(
            bank_bin=self.bank_bin, account=self.account, amount=charge.amount, purpose=charge.reference
        )
        return Start(qr_payload=qr)

"""ZaloPay: the wallet, and cards and bank apps on ZaloPay's page."""

from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from payments.providers.base import (
    Charge,
    DeclinedPayment,
    Notice,
    NotSent,
    PaymentProvider,
    ProviderError,
    RefundOrder,
    RefundOutcome,
    RefundResult,
    Start,
    UnknownRefund,
)
from payments.providers.hosts import Hosts
from payments.providers.zalopay import codes
from payments.providers.zalopay.client import ZaloPayClient
from payments.providers.zalopay.report import ZaloPayNotifier, read_answer


class ZaloPayProvider(ZaloPayNotifier, PaymentProvider):
    """Nothing is sent for a payment that failed, so it is asked for; a refund is never done at once."""

    code = "zalopay"
    label = _("ZaloPay wallet")
    help = _("You confirm the payment in ZaloPay or with a bank card on its page, then come back here.")
    supports_refund = True
    supports_partial_refund = True

    def __init__(
        self, *, url: str, hosts: Hosts, app_id: int, key1: str, key2: str, minimum: int, maximum: int
    ) -> None:
        super().__init__(app_id=app_id, key2=key2)
        self.hosts = hosts
        self.client = ZaloPayClient(url=url, hosts=hosts, app_id=app_id, key1=key1)
        self.minimum, self.maximum = minimum, maximum

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(
            url=settings.ZALOPAY_URL,
            hosts=Hosts.from_settings(settings, cls.code),
            app_id=settings.ZALOPAY_APP_ID,
            key1=settings.ZALOPAY_KEY1,
            key2=settings.ZALOPAY_KEY2,
            minimum=settings.ZALOPAY_MINIMUM,
            maximum=settings.ZALOPAY_MAXIMUM,
        )

    def start(self, charge: Charge) -> Start:
        if not self.is_available(amount=charge.amount):
            raise DeclinedPayment(f"ZaloPay does not take {charge.amount} đồng")
        said = self.client.create(charge)
        url = said.get("order_url")
        if said["return_code"] != codes.OK:
            raise DeclinedPayment(f"ZaloPay answered {said['return_code']} {said.get('sub_return_code')}")
        if not isinstance(url, str) or not self.hosts.allow(url):
            raise ProviderError("ZaloPay's answer has no page to pay on", permanent=False)
        return Start(redirect_url=url)

    def fetch(self, charge: Charge) -> Notice | None:
        said = self.client.query(charge)
        if said.get("sub_return_code") == codes.UNKNOWN_ORDER:
            return None
        return read_answer(charge, said)

    def refund(self, order: RefundOrder) -> RefundResult:
        """return_code 1 may mean no more than "accepted": only fetch_refund says that it is done."""
        said = self.client.refund(order)
        if said["return_code"] != codes.FAILED:
            return self._result(order, said, RefundOutcome.IN_TRANSIT)
        if said.get("sub_return_code") in codes.REFUND_REFUSED:
            return self._result(order, said, RefundOutcome.FAILED)
        # It may have been refused because it was asked for before and the first answer was lost.
        try:
            return self.fetch_refund(order)
        except NotSent as error:
            raise ProviderError(str(error), permanent=False) from error

    def fetch_refund(self, order: RefundOrder) -> RefundResult:
        said = self.client.query_refund(order)
        if said.get("sub_return_code") == codes.UNKNOWN_ORDER:
            raise UnknownRefund("ZaloPay knows no such refund")
        outcomes = {
            codes.OK: RefundOutcome.DONE,
            codes.FAILED: RefundOutcome.FAILED,
            codes.PROCESSING: RefundOutcome.IN_TRANSIT,
        }
        return self._result(
            order, said, next(o for code, o in outcomes.items() if said["return_code"] == code)
        )

    def _result(self, order: RefundOrder, said: dict[str, object], outcome: RefundOutcome) -> RefundResult:
        return RefundResult(
            outcome=outcome,
            provider_reference=self.client.refund_id(order),
            message=f"{said.get('sub_return_code', '')} {said.get('return_message', '')}".strip(),
        )

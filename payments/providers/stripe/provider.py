"""Foreign cards by Stripe Checkout: the buyer pays on Stripe's page, in đồng.

Off unless PAYMENT_RAILS names it: Stripe opens no account for a business registered in Việt Nam, so the market
needs a company in a country where it does.
"""

from datetime import timedelta
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from payments.providers.base import (
    TURNED_BACK,
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
from payments.providers.stripe.client import Client, Json, Refused
from payments.providers.stripe.notice import from_session
from payments.providers.stripe.notifier import StripeNotifier

SHORTEST = timedelta(minutes=35)
"""Stripe refuses a session that ends within 30 minutes of its creation; 5 for calls that come late."""
LONGEST = timedelta(hours=23, minutes=55)
"""It refuses more than 24 hours, too."""
_SEARCHED = 500
"""Sessions or refunds looked through before giving up."""
_DECLINES = frozenset({"amount_too_small", "amount_too_large", "currency_not_supported"})
_REFUND_OUTCOMES = {
    "succeeded": RefundOutcome.DONE,
    "pending": RefundOutcome.IN_TRANSIT,
    "requires_action": RefundOutcome.IN_TRANSIT,
    "failed": RefundOutcome.FAILED,
    "canceled": RefundOutcome.FAILED,
}


class StripeProvider(PaymentProvider, StripeNotifier):
    """``minimum`` đồng: Stripe's own is about 0.50 US$ after conversion, so ours keeps above it at any rate."""

    code = "stripe"
    label = _("International card")
    help = _("Visa, Mastercard and other foreign cards, on the secure page of Stripe.")
    supports_cancel = True
    supports_refund = True
    supports_partial_refund = True
    maximum = 99_999_999
    """Eight digits (docs.stripe.com/currencies)."""

    def __init__(self, *, url: str, hosts: Hosts, secret_key: str, webhook_secret: str, minimum: int) -> None:
        self.client = Client(url=url, hosts=hosts, secret_key=secret_key)
        self.hosts = hosts
        self.webhook_secret = webhook_secret
        self.minimum = minimum

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls(
            url=settings.STRIPE_API_URL,
            hosts=Hosts.from_settings(settings, cls.code),
            secret_key=settings.STRIPE_SECRET_KEY,
            webhook_secret=settings.STRIPE_WEBHOOK_SECRET,
            minimum=settings.STRIPE_MINIMUM,
        )

    def start(self, charge: Charge) -> Start:
        """Twice with the same charge is one session: Stripe repeats its first answer for 24 hours."""
        if not self.is_available(amount=charge.amount):
            raise DeclinedPayment(f"{charge.amount} đồng cannot be paid by Stripe")
        try:
            session = self.client.create_session(_session_params(charge), key=charge.reference)
        except Refused as error:
            if error.code in _DECLINES:
                raise DeclinedPayment(str(error)) from error
            raise
        if not self.hosts.allow(session.get("url") or ""):
            raise ProviderError("Stripe gave a session without a page of its own", permanent=False)
        return Start(redirect_url=session["url"], provider_reference=session["id"])

    def fetch(self, charge: Charge) -> Notice | None:
        try:
            session = self._session(charge)
        except Refused as error:
            if error.code == "resource_missing":
                return None
            raise
        return None if session is None else from_session(session)

    def cancel(self, charge: Charge) -> None:
        session = self._session(charge)
        if session and session.get("status") == "open":
            self.client.expire_session(str(session["id"]))

    def refund(self, order: RefundOrder) -> RefundResult:
        """Looks for an earlier refund with our key first, since Stripe forgets its keys after a day."""
        intent, refund = self._before(order)
        if refund is None:
            try:
                refund = self.client.create_refund(_refund_params(order, intent), key=order.key)
            except Refused as error:
                return RefundResult(outcome=RefundOutcome.FAILED, message=str(error))
        return _refund_result(refund)

    def _before(self, order: RefundOrder) -> tuple[str, Json | None]:
        """The payment, and the refund of it where there is one. Raises NotSent: these questions move nothing."""
        try:
            intent = self._paid_intent(order.charge)
            return intent, self._refund_by_key(intent, order.key)
        except ProviderError as error:
            if error.permanent:
                raise
            raise NotSent(str(error)) from error

    def fetch_refund(self, order: RefundOrder) -> RefundResult:
        if order.provider_reference:
            return _refund_result(self.client.refund(order.provider_reference))
        refund = self._refund_by_key(self._paid_intent(order.charge), order.key)
        if refund is None:
            raise UnknownRefund(f"Stripe knows no refund {order.key}")
        return _refund_result(refund)

    def _session(self, charge: Charge) -> Json | None:
        """By Stripe's name for it or, when its answer was lost, among those of that hour.

        Sessions cannot be searched by our reference, only listed by the time they were created.
        """
        if charge.provider_reference:
            return self.client.session(charge.provider_reference)
        since = int(charge.opened_at.timestamp()) - 300
        with self.client.one_question():
            for found in self.client.sessions(since=since, until=since + 3900, most=_SEARCHED):
                if found.get("client_reference_id") == charge.reference:
                    return self.client.session(found["id"])
        return None

    def _paid_intent(self, charge: Charge) -> str:
        session = self._session(charge)
        intent = session and session.get("payment_intent")
        if not intent:
            raise ProviderError(f"Stripe knows no payment of {charge.reference}", permanent=True)
        return str(intent["id"] if isinstance(intent, dict) else intent)

    def _refund_by_key(self, intent: str, key: str) -> Json | None:
        refunds = self.client.refunds(intent, most=_SEARCHED)
        return next((found for found in refunds if (found.get("metadata") or {}).get("refund") == key), None)


def _session_params(charge: Charge) -> Json:
    """Made of the charge alone: another parameter under the same key would be refused."""
    ends = max(charge.expires_at or charge.opened_at, charge.opened_at + SHORTEST)
    metadata = {"reference": charge.reference}
    product = {"name": charge.description or charge.reference}
    price = {"currency": "vnd", "unit_amount": charge.amount, "product_data": product}
    return {
        "mode": "payment",
        "locale": "vi",
        "client_reference_id": charge.reference,
        "metadata": metadata,
        "payment_intent_data": {"metadata": metadata},
        "line_items": [{"quantity": 1, "price_data": price}],
        "success_url": charge.return_url,
        "cancel_url": f"{charge.return_url}?{TURNED_BACK}",
        "expires_at": int(min(ends, charge.opened_at + LONGEST).timestamp()),
    }


def _refund_params(order: RefundOrder, intent: str) -> Json:
    metadata = {"refund": order.key, "reference": order.charge.reference, "why": order.reason[:500]}
    return {"payment_intent": intent, "amount": order.amount, "metadata": metadata}


def _refund_result(refund: Json) -> RefundResult:
    """An unknown state is not an end: it is asked about again."""
    status = str(refund.get("status"))
    return RefundResult(
        outcome=_REFUND_OUTCOMES.get(status, RefundOutcome.IN_TRANSIT),
        provider_reference=str(refund["id"]),
        message=str(refund.get("failure_reason") or status),
    )

"""Our rows in the words of the rails' contract: what to collect, what to give back."""

from django.conf import settings
from django.urls import reverse

from marketplace.order.links import order_signature
from payments.models import Payment, Refund
from payments.providers.base import Charge, RefundOrder


def charge_for(payment: Payment, *, client_ip: str = "127.0.0.1") -> Charge:
    """The same for every question about one attempt, but for ``client_ip``: the buyer's where it is started."""
    number = payment.order.number
    back = reverse("payments:returned", args=[number, order_signature(payment.order)])
    return Charge(
        reference=payment.reference,
        amount=payment.amount,
        opened_at=payment.created_at,
        expires_at=payment.expires_at,
        description=f"Don hang {number}",
        return_url=f"{settings.SITE_URL}{back}",
        notify_url=f"{settings.SITE_URL}{reverse('notifications:ipn', args=[payment.provider])}",
        client_ip=client_ip,
        provider_reference=payment.provider_reference,
    )


def refund_order(refund: Refund) -> RefundOrder:
    return RefundOrder(
        key=refund.key,
        charge=charge_for(refund.payment),
        amount=refund.amount,
        reason=refund.reason,
        opened_at=refund.created_at,
        provider_reference=refund.provider_reference,
    )

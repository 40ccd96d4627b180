"""What a seller is told of his transfers. Part of the caller's transaction."""

from django.conf import settings
from django.urls import reverse

from catalogue.money import dong
from marketplace.messaging.services import tell
from payments.payouts.models import Payout


def tell_sent(payout: Payout) -> None:
    _tell("payout_sent", payout, reference=payout.reference)


def tell_returned(payout: Payout) -> None:
    url = f"{settings.SITE_URL}{reverse('workspace:payout_account')}"
    _tell("payout_returned", payout, reason=payout.reason, url=url)


def _tell(kind: str, payout: Payout, **more: str) -> None:
    """Each once, however often it is asked for."""
    facts = {
        "seller": payout.partner.name,
        "amount": dong(payout.amount),
        "bank": payout.bank,
        "number": payout.number[-4:],
    }
    tell(kind, key=f"{kind}:{payout.pk}", phone=payout.partner.phone, context=facts | more)

"""A link that opens one order to whoever was sent it: the number signed, so that it cannot be made up or reused."""

from datetime import timedelta
from urllib.parse import urlencode

from django.conf import settings
from django.core import signing
from django.urls import reverse

from marketplace.order.models import Order

#: long enough for a slow parcel and a claim, not for ever: telephones change hands
LINK_LIVES = timedelta(days=120)
_signer = signing.TimestampSigner(salt="marketplace.order.link")


def order_link(order: Order) -> str:
    """Absolute, for messages."""
    query = urlencode({"khoa": order_signature(order)})
    return f"{settings.SITE_URL}{reverse('tracking:order', args=[order.number])}?{query}"


def order_signature(order: Order) -> str:
    """What makes a link of ours to this order open it."""
    return _signer.sign(order.number).partition(_signer.sep)[2]


def is_signed(number: str, signature: str) -> bool:
    """True while the signature is ours, of this number and not too old."""
    try:
        return _signer.unsign(f"{number}{_signer.sep}{signature}", max_age=LINK_LIVES) == number
    except signing.BadSignature:
        return False

"""Make a basket an order, exactly once: order, parcels, held stock, payment and messages in one transaction."""

from uuid import UUID

from django.db import IntegrityError, transaction

from marketplace.accounts.models import User
from marketplace.checkout import baskets
from marketplace.checkout.baskets import BasketContents
from marketplace.checkout.parcels import QuotedParcel, Summary
from marketplace.order.models import Order
from marketplace.order.placement import Parcel, ParcelLine, Placement, Recipient
from marketplace.order.services import place_order
from payments.providers import registry
from payments.services import open_payment

#: nine random digits and a check digit: a second collision in a row means that something else is wrong
_ATTEMPTS = 3


class BasketGone(Exception):
    """Another window has ordered this basket meanwhile."""


def place(
    *,
    token: UUID,
    contents: BasketContents,
    summary: Summary,
    recipient: Recipient,
    provider: str,
    user: User | None = None,
    note: str = "",
) -> Order:
    """The order of this submission; the one made before when the token was used already.

    `summary` quotes every parcel of `contents`. Raises InsufficientStock (with all short lines), BasketGone, or
    what open_payment() raises; nothing is left behind then.
    """
    placement = Placement(
        submission_token=token,
        recipient=recipient,
        parcels=tuple(_parcel(quoted) for quoted in summary.parcels),
        payment_method=provider,
        pays_on_delivery=registry.provider(provider).waits_for_delivery,
        user=user,
        note=note,
    )
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            return _place(placement, contents)
        except IntegrityError:
            # The unique token lets one of many simultaneous submissions through; the others waited for it here.
            if placed := placed_with(token):
                return placed
            if attempt == _ATTEMPTS:
                raise
    raise AssertionError("the loop returns or raises")


def placed_with(token: UUID) -> Order | None:
    """What this submission has already become."""
    return Order.objects.filter(submission_token=token).first()


@transaction.atomic
def _place(placement: Placement, contents: BasketContents) -> Order:
    order = place_order(placement)
    if contents.basket is None or not baskets.submit(contents.basket):
        raise BasketGone
    open_payment(order=order, provider=placement.payment_method)
    return order


def _parcel(quoted: QuotedParcel) -> Parcel:
    assert quoted.quote is not None, "only a parcel with a price can be placed"
    lines = tuple(
        ParcelLine(stockrecord=line.stockrecord, quantity=line.quantity) for line in quoted.parcel.lines
    )
    return Parcel(partner=quoted.parcel.partner, lines=lines, quote=quoted.quote)

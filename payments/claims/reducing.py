"""The farm sends less than was ordered, packs or weight: the buyer pays only for what comes."""

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from marketplace.accounts.models import User
from marketplace.order import holding
from marketplace.order.models import Line, Reduction, SellerOrder
from marketplace.order.notices import tell_of_reduction
from payments.claims.exceptions import NotNow, TooShort
from payments.ledger.allocation import part_of
from payments.locks import lock_attempts
from payments.models import Refund
from payments.parcel_refunds import Part, refund_parcel
from payments.services import follow_dues

#: until the parcel has left
_BEFORE = (SellerOrder.Status.NEW, SellerOrder.Status.PACKING)


@transaction.atomic
def reduce_line(line: Line, *, packs: int = 0, grams: int = 0, reason: str, by: User) -> Reduction:
    """``packs`` whole packs and ``grams`` of others will not come; their share of the line's price is not paid.

    What was paid goes back, what is paid at the door is collected less. Packs, also as many as the weight makes,
    leave the seller's stock: they are not there. Raises NotNow once the parcel has left, TooShort, or payments'
    TooMuch.
    """
    order, attempts = lock_attempts(line.order_id)
    parcel = SellerOrder.objects.select_related("partner").get(pk=line.seller_order_id)
    if parcel.status not in _BEFORE:
        raise NotNow(parcel.number)
    so_far, amount = _missing(line), _share(line, packs, grams)
    paid = order.paid_at is not None
    if not paid and amount >= parcel.goods_due:
        raise TooShort(parcel.number)
    row = Reduction.objects.create(
        line=line, packs=packs, grams=grams, amount=amount, was_paid=paid, reason=reason, by=by
    )
    holding.write_off(line, _missing(line) // _weight(line) - so_far // _weight(line))
    if paid:
        refund_parcel(
            parcel,
            kind=Refund.Kind.LINE,
            reason=_("Less comes: %(reason)s") % {"reason": reason},
            key=f"reduction:{row.pk}",
            goods=amount,
            parts=[Part(line=line, amount=amount, packs=packs, grams=grams)],
        )
    else:
        SellerOrder.objects.filter(pk=parcel.pk).update(reduced=F("reduced") + amount)
        follow_dues(order, attempts)
    tell_of_reduction(order, row)
    return row


def _share(line: Line, packs: int, grams: int) -> int:
    """đồng for what is missing, counted on all that was missing before, so that parts sum to the whole.

    Raises TooShort where nothing of the whole parcel would be left.
    """
    ordered, more, so_far = _ordered(line), packs * _weight(line) + grams, _missing(line)
    if min(packs, grams) < 0 or not more or (grams and not line.pack_grams) or so_far + more > ordered:
        raise TooShort(str(line))
    others = Line.objects.filter(seller_order=line.seller_order_id).exclude(pk=line.pk)
    if so_far + more == ordered and all(_missing(other) == _ordered(other) for other in others):
        raise TooShort(str(line))
    price = int(line.line_price_incl_tax)
    amount = part_of(price, so_far + more, ordered) - part_of(price, so_far, ordered)
    if not amount:
        raise TooShort(str(line))
    return amount


def _weight(line: Line) -> int:
    """Grams of a pack; 1 where only packs are counted."""
    return int(line.pack_grams or 1)


def _ordered(line: Line) -> int:
    return int(line.quantity) * _weight(line)


def _missing(line: Line) -> int:
    """So far, in the same unit."""
    so_far = line.reductions.aggregate(packs=Sum("packs", default=0), grams=Sum("grams", default=0))
    return int(so_far["packs"]) * _weight(line) + int(so_far["grams"])

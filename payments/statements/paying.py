"""When a seller gets the money of a parcel, in plain words: sent on a day, held until one, or still to arrive."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, Sum
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.ledger.models import Account, Line
from payments.payouts.holds import free_at, hold_hours
from payments.payouts.models import PayoutItem
from payments.payouts.payable import payable

Status = SellerOrder.Status
Words = str | Promise

#: a debt, a correction: whichever payout comes after it carries it
SETTLED = _("Settled with the payout after it")
_NEXT = _("With the next payout")
_UNDER_WAY = _("After it has arrived")
_OPEN = _("Waits until the claim is decided, or the carrier has handed over the cash")


def when_paid(partner: Partner, parcels: Collection[int], *, now: datetime) -> dict[int, Words]:
    """Parcel's pk -> words; those of the partner's parcels for which nothing is owed are left out."""
    words = _carried(parcels)
    owed = _owed(set(parcels) - set(words))
    free = payable(partner, now=now).parcels
    hours = hold_hours(timezone.localdate(now))
    for parcel in _with_delivery(owed):
        if owed[parcel.pk] < 0:
            words[parcel.pk] = SETTLED
        elif parcel.pk in free:
            words[parcel.pk] = _NEXT
        elif parcel.delivered_at is None:
            words[parcel.pk] = _UNDER_WAY
        else:
            words[parcel.pk] = _held(free_at(parcel.delivered_at, parcel.crops, hours), now)
    return words


def _carried(parcels: Collection[int]) -> dict[int, Words]:
    """Those in a payout that did not come back; one that was not sent yet is the next."""
    items = PayoutItem.objects.filter(seller_order__in=parcels, is_open=True)
    return {
        parcel: format_lazy(_("Sent to your bank account on {day}"), day=_day(sent_at)) if sent_at else _NEXT
        for parcel, sent_at in items.values_list("seller_order", "payout__batch__sent_at")
    }


def _owed(parcels: Collection[int]) -> dict[int, int]:
    """đồng for each parcel, where it is not 0; negative: the seller owes them."""
    lines = Line.objects.filter(account__kind=Account.Kind.SELLER_PAYABLE, entry__seller_order__in=parcels)
    sums = lines.order_by().values_list("entry__seller_order").annotate(total=Sum("amount"))
    return {parcel: -total for parcel, total in sums if total}


def _with_delivery(parcels: Collection[int]) -> Any:
    """With ``delivered_at``, None before, and the pks of their ``crops``."""
    going_on = SellerOrder.objects.filter(pk__in=parcels).exclude(status__in=SellerOrder.ENDED)
    return going_on.annotate(
        delivered_at=Max("events__at", filter=Q(status=Status.DELIVERED, events__status=Status.DELIVERED)),
        crops=ArrayAgg("lines__product__crop", distinct=True),
    )


def _held(until: datetime | None, now: datetime) -> Words:
    """Past its hold and still not free, it waits for somebody; so does everything while no hold is known."""
    if until is None or until <= now:
        return _OPEN
    return format_lazy(_("Can be paid out from {day}"), day=_day(until))


def _day(at: datetime) -> str:
    return f"{timezone.localdate(at):%d/%m/%Y}"

"""When a seller gets the money of a parcel, in plain words: sent on a day, held until one, in his hands already."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.payouts.models import PayoutItem
from payments.payouts.payable import payable
from payments.statements.kept import words_of_kept

Words = str | Promise

#: a debt, a correction: whichever payout comes after it carries it
SETTLED = _("Settled with the payout after it")
_NEXT = _("With the next payout")
_UNDER_WAY = _("After it has arrived")
_OPEN = _("Waits until the claim is decided, or the carrier has handed over the cash")


def when_paid(partner: Partner, parcels: Collection[int], *, now: datetime) -> dict[int, Words]:
    """Parcel's pk -> words; of the partner's parcels those are left out for which nothing is owed or in his hands."""
    words = _carried(parcels)
    due = payable(partner, now=now)
    owed = [parcel for parcel in parcels if due.unpaid.get(parcel)]
    going_on = SellerOrder.objects.filter(pk__in=owed).exclude(status__in=SellerOrder.ENDED)
    for parcel in going_on.values_list("pk", flat=True):
        if due.unpaid[parcel] < 0:
            words[parcel] = SETTLED
        elif parcel in due.parcels:
            words[parcel] = _NEXT
        elif parcel not in due.held_until:
            words[parcel] = _UNDER_WAY
        else:
            words[parcel] = _held(due.held_until[parcel], now)
    words.update(words_of_kept(parcels, due.unpaid))
    return words


def _carried(parcels: Collection[int]) -> dict[int, Words]:
    """Those in a payout that did not come back; one that was not sent yet is the next."""
    items = PayoutItem.objects.filter(seller_order__in=parcels, is_open=True)
    rows = items.values_list("seller_order", "amount", "payout__batch__sent_at")
    return {parcel: _sent(sent_at) if amount > 0 else SETTLED for parcel, amount, sent_at in rows}


def _sent(at: datetime | None) -> Words:
    return format_lazy(_("Sent to your bank account on {day}"), day=_day(at)) if at else _NEXT


def _held(until: datetime | None, now: datetime) -> Words:
    """Past its hold and still not free, it waits for somebody; so does everything while no hold is known."""
    if until is None or until <= now:
        return _OPEN
    return format_lazy(_("Can be paid out from {day}"), day=_day(until))


def _day(at: datetime) -> str:
    return f"{timezone.localdate(at):%d/%m/%Y}"

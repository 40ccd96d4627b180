"""A parcel whose cash the seller has taken: what he has, and what a payout is smaller by for it. Whole đồng."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from catalogue.money import dong
from payments.ledger.models import Account, Entry, Line
from payments.payouts.models import PayoutItem

What = Entry.Kind

_HAS = _("You have the buyer's cash, {cash}.")
#: by whether something went back to the buyer
_COMES_OFF = {
    False: _("You have the buyer's cash, {cash}. Commission and tax, {amount}, come off your next payout."),
    True: _(
        "You have the buyer's cash, {cash}. Commission, tax and what went back to the buyer, {amount}, come off "
        "your next payout."
    ),
}
_CAME_OFF = {
    False: _(
        "You have the buyer's cash, {cash}. Commission and tax, {amount}, came off the payout of {day}."
    ),
    True: _(
        "You have the buyer's cash, {cash}. Commission, tax and what went back to the buyer, {amount}, came off "
        "the payout of {day}."
    ),
}


@dataclass(slots=True)
class _Taken:
    cash: int = 0
    #: pk of the entry -> đồng that went back to the buyer; what was taken back of it negative
    refunds: dict[int, int] = field(default_factory=dict)


def words_of_kept(parcels: Collection[int], unpaid: Mapping[int, int]) -> dict[int, Promise]:
    """Parcel's pk -> words, of those whose cash the seller has. ``unpaid``: pk -> đồng that no payout carries."""
    taken = _taken(parcels)
    items = PayoutItem.objects.filter(seller_order__in=taken, is_open=True).select_related("payout__batch")
    carried = {item.seller_order_id: item for item in items}
    owed = {
        parcel: carried[parcel].amount if parcel in carried else unpaid.get(parcel, 0) for parcel in taken
    }
    return {
        parcel: _words(taken[parcel], -amount, carried.get(parcel))
        for parcel, amount in owed.items()
        if amount <= 0
    }


def _words(taken: _Taken, amount: int, item: PayoutItem | None) -> Promise:
    cash = dong(taken.cash)
    if not amount:
        return format_lazy(_HAS, cash=cash)
    counted = [back for entry, back in taken.refunds.items() if item is None or entry <= item.last_entry_id]
    refunded = sum(counted) > 0
    sent_at = item.payout.batch.sent_at if item else None
    if sent_at is None:
        return format_lazy(_COMES_OFF[refunded], cash=cash, amount=dong(amount))
    day = f"{timezone.localdate(sent_at):%d/%m/%Y}"
    return format_lazy(_CAME_OFF[refunded], cash=cash, amount=dong(amount), day=day)


def _taken(parcels: Collection[int]) -> dict[int, _Taken]:
    lines = Line.objects.filter(account__kind=Account.Kind.SELLER_PAYABLE, entry__seller_order__in=parcels)
    lines = lines.annotate(what=Coalesce(F("entry__reverses__kind"), F("entry__kind"))).order_by("pk")
    lines = lines.filter(what__in=(What.CASH_KEPT, What.REFUND_OWED))
    found: dict[int, _Taken] = defaultdict(_Taken)
    for parcel, what, entry, amount in lines.values_list("entry__seller_order", "what", "entry", "amount"):
        if what == What.CASH_KEPT:
            found[parcel].cash += amount
        else:
            found[parcel].refunds[entry] = amount
    return {parcel: taken for parcel, taken in found.items() if taken.cash}

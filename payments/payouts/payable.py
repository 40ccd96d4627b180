"""How much a seller can be paid now: read from the ledger alone, minus what has to wait. Whole đồng."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.module_loading import import_string

from farmers.partner.models import Partner
from marketplace.order.models import Line as OrderLine
from marketplace.order.models import SellerOrder
from payments.ledger.models import Account, Entry, Line
from payments.payouts.holds import free_at, hold_hours
from payments.payouts.models import Payout, PayoutItem

_OWED = Q(account__kind=Account.Kind.SELLER_PAYABLE)
_What = Entry.Kind
_PRICE = (_What.ORDER_PAID, _What.CASH_COLLECTED, _What.SHIPPING_DUE, _What.REFUND_OWED)


@dataclass(frozen=True, kw_only=True, slots=True)
class Payable:
    """``amount`` is what one payout may carry: the free parcels and ``adjustment``, debts being negative.

    ``waiting`` belongs to the seller too, but its parcels are under way, held for claims that can come or in one,
    or paid in cash that the carrier still has. What a parcel costs the seller (commission and tax where the seller
    has the cash) never waits, so that ``amount`` is never more than the ledger owes.
    """

    amount: int
    adjustment: int
    waiting: int
    #: pk -> its đồng, of free parcels, and of those that the seller owes
    parcels: dict[int, int]
    #: pk -> its đồng, of every parcel that no payout carries; negative: the seller owes them
    unpaid: dict[int, int]
    #: of those, pk -> pk of the newest entry that is counted
    last_entries: dict[int, int]
    #: of those, delivered parcel's pk -> when it becomes free; None while no rule says, or a person has to decide
    held_until: dict[int, datetime | None]


def payable(partner: Partner, *, now: datetime) -> Payable:
    """What may leave for the seller at ``now``; a negative ``amount`` is a debt that later sales pay.

    Everything but the waiting parcels counts, so that what happened to a parcel after it was paid out (a
    claim, a correction) is taken off, or added to, the next payout.
    """
    balance, unpaid, last_entries = _balance_and_unpaid_parcels(partner)
    held_until = _held_until(unpaid, now)
    free = (
        _free(held_until, now)
        | _gone_back(unpaid)
        | {parcel for parcel, amount in unpaid.items() if amount < 0}
    )
    waiting = sum(amount for parcel, amount in unpaid.items() if parcel not in free)
    amount = balance - waiting - _leaving(partner)
    parcels = {parcel: unpaid[parcel] for parcel in sorted(free) if unpaid[parcel]}
    return Payable(
        amount=amount,
        adjustment=amount - sum(parcels.values()),
        waiting=waiting,
        parcels=parcels,
        unpaid=unpaid,
        last_entries=last_entries,
        held_until=held_until,
    )


def sellers_with_balance() -> QuerySet[Partner]:
    """Those whom the ledger owes something, in pk order."""
    owed = (
        Line.objects.filter(_OWED)
        .values("account__partner")
        .annotate(total=Sum("amount"))
        .filter(total__lt=0)
        .values("account__partner")
    )
    sellers: QuerySet[Partner] = Partner.objects.filter(pk__in=owed).order_by("pk")
    return sellers


def _leaving(partner: Partner) -> int:
    """In a batch that was not sent yet, hence not in the ledger."""
    waiting = Payout.objects.filter(partner=partner, state=Payout.State.WAITING)
    return int(waiting.aggregate(total=Sum("amount", default=0))["total"])


def _balance_and_unpaid_parcels(partner: Partner) -> tuple[int, dict[int, int], dict[int, int]]:
    """What the ledger owes the seller; and parcel's pk -> what of it for that one, where no payout carries it.

    And parcel's pk -> the newest entry in that. In one statement: a sale booked between two would be owed already
    and not wait yet.
    """
    carried = Exists(PayoutItem.objects.filter(seller_order=OuterRef("entry__seller_order"), is_open=True))
    lines = Line.objects.filter(_OWED, account__partner=partner).order_by()
    rows = lines.annotate(carried=carried).values_list("entry__seller_order", "carried")
    sums = list(rows.annotate(Sum("amount"), Max("entry")))
    unpaid = [(parcel, -total, last) for parcel, is_carried, total, last in sums if parcel and not is_carried]
    return (
        -sum(total for _parcel, _carried, total, _last in sums),
        {parcel: owed for parcel, owed, _last in unpaid},
        {parcel: last for parcel, _owed, last in unpaid},
    )


def _held_until(parcels: Collection[int], now: datetime) -> dict[int, datetime | None]:
    """Of the delivered ones: when the hold, by the rules of ``now``, and all else that they wait for has ended."""
    hours = hold_hours(timezone.localdate(now))
    crops = _crops(parcels)
    until = {
        parcel: free_at(delivered_at, crops.get(parcel, ()), hours)
        for parcel, delivered_at in _delivered(parcels)
    }
    for parcel, at in _waiting(set(until), now):
        before = until[parcel]
        until[parcel] = max(before, at) if before and at else None
    return until


def _free(held_until: dict[int, datetime | None], now: datetime) -> set[int]:
    """Those delivered that wait for nothing, and whose cash no carrier still has."""
    past = {parcel for parcel, until in held_until.items() if until is not None and until <= now}
    return past - _cash_to_come(past)


def _gone_back(parcels: Collection[int]) -> set[int]:
    """Ended ones of whose price the books hold nothing any more: what is left, tax of other sales that the refund
    brought back, waits for no delivery. While its refund is still to be booked a cancelled parcel is not among them.
    """
    ended = SellerOrder.objects.filter(pk__in=parcels, status__in=SellerOrder.ENDED)
    lines = Line.objects.filter(_OWED, entry__seller_order__in=ended).order_by()
    lines = lines.annotate(what=Coalesce("entry__reverses__kind", "entry__kind")).filter(what__in=_PRICE)
    sums = lines.values("entry__seller_order").annotate(total=Sum("amount")).filter(total=0)
    return set(sums.values_list("entry__seller_order", flat=True))


def _waiting(parcels: set[int], now: datetime) -> Iterator[tuple[int, datetime | None]]:
    """Those about which somebody can still speak, and until when; who knows of that is named in the settings."""
    for path in settings.PAYOUT_WAITS:
        yield from import_string(path)(parcels, now).items()


def _cash_to_come(parcels: set[int]) -> set[int]:
    """Those paid at the door to a carrier on none of whose lists they are yet."""
    arrived = Entry.objects.filter(
        seller_order=OuterRef("seller_order"), kind__in=(Entry.Kind.CASH_REMITTED, Entry.Kind.CASH_KEPT)
    )
    collected = Entry.objects.filter(seller_order__in=parcels, kind=Entry.Kind.CASH_COLLECTED)
    return set(collected.filter(~Exists(arrived)).values_list("seller_order", flat=True))


def _delivered(parcels: Collection[int]) -> list[tuple[int, datetime]]:
    delivered = SellerOrder.Status.DELIVERED
    arrived = SellerOrder.objects.filter(pk__in=parcels, status=delivered, events__status=delivered)
    return list(arrived.order_by().annotate(at=Max("events__at")).values_list("pk", "at"))


def _crops(parcels: Collection[int]) -> dict[int, set[int | None]]:
    found: dict[int, set[int | None]] = {}
    lines = OrderLine.objects.filter(seller_order__in=parcels).order_by()
    for parcel, crop in lines.values_list("seller_order", "product__crop").distinct():
        found.setdefault(parcel, set()).add(crop)
    return found

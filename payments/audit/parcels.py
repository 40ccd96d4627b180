"""What is kept, passed on and paid out of sold parcels: the books against the tables that say so. Whole đồng."""

from collections.abc import Iterator

from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Coalesce

from payments.audit.differences import Difference, compare
from payments.commission.models import Commission
from payments.ledger.models import Account, Line
from payments.payouts.models import Payout
from payments.tax.models import Withheld

Kind = Account.Kind
_LEFT = (Payout.State.SENT, Payout.State.PAID)


def commission_is_booked() -> Iterator[Difference]:
    """What was kept of each parcel, less what went back, is what the market earned of it."""
    kept = Commission.objects.order_by().values_list("seller_order").annotate(Sum("amount"))
    yield from _per_parcel("commission_is_booked", dict(kept), Kind.COMMISSION_INCOME)


def withheld_tax_is_booked() -> Iterator[Difference]:
    """What the declaration says is what the books owe the state; of other parcels with the one that brought it."""
    booked_with = Coalesce("brought_by__seller_order", "seller_order")
    rows = Withheld.objects.order_by().annotate(tax=F("vat") + F("income_tax"), booked_with=booked_with)
    withheld = rows.values_list("booked_with").annotate(Sum("tax"))
    yield from _per_parcel("withheld_tax_is_booked", dict(withheld), Kind.WITHHELD_TAX)


def shipping_is_given_once() -> Iterator[Difference]:
    """Of a parcel's charge no more was passed on and given back than was paid."""
    for parcel, total in sorted(_by_parcel(Kind.SHIPPING_PAYABLE).items()):
        if total > 0:
            yield Difference("shipping_is_given_once", f"parcel {parcel}", 0, total)


def payouts_are_booked() -> Iterator[Difference]:
    """What left for sellers and has not come back, payout by payout."""
    lines = Line.objects.filter(account__kind=Kind.BANK, entry__payout_id__isnull=False).order_by()
    books = dict(lines.values_list("entry__payout_id").annotate(Sum("amount")))
    for payout in Payout.objects.order_by("pk"):
        left = payout.amount if payout.state in _LEFT else 0
        yield from compare("payouts_are_booked", payout.reference, left, -books.pop(payout.pk, 0))
    for unknown, total in sorted(books.items()):
        yield from compare("payouts_are_booked", f"payout {unknown}", 0, -total)


def _per_parcel(check: str, table: dict[int, int], kind: Account.Kind) -> Iterator[Difference]:
    books = _by_parcel(kind)
    for parcel in sorted(books.keys() | table.keys()):
        yield from compare(check, f"parcel {parcel}", table.get(parcel, 0), -books.get(parcel, 0))


def _by_parcel(kind: Account.Kind) -> dict[int, int]:
    lines: QuerySet[Line] = Line.objects.filter(account__kind=kind, entry__seller_order__isnull=False)
    return dict(lines.order_by().values_list("entry__seller_order").annotate(Sum("amount")))

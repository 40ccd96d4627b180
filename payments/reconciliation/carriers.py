"""Carriers' rows against the parcels whose cash they collected, and what carriers have of ours."""

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet, Sum
from django.utils.translation import gettext as _

from marketplace.order.carriers import Carrier
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import SellerOrder
from marketplace.order.notices import tell_seller_of_return
from marketplace.order.services import refuse_at_door
from marketplace.outbox.services import enqueue
from payments.ledger.models import Account, Entry, Line
from payments.ledger.postings import cash_remitted
from payments.reconciliation.exceptions import NotThatWay
from payments.reconciliation.items import close_shown, open_for_row
from payments.reconciliation.models import Finding, StatementRow

Outcome, Status = StatementRow.Outcome, SellerOrder.Status
CARRIER_TAKES = timedelta(days=10)
"""At most, from the cash at the door to the carrier's list, and from that to its money. A choice of ours."""


def apply_carrier_row(row: StatementRow) -> None:
    """Part of the caller's transaction, which saves the row."""
    source = row.statement.carrier
    parcel = _parcel_of(row)
    if parcel is None:
        open_for_row(row, Finding.MISSING_HERE, source=source)
        return
    ours = {"our_amount": parcel.due, "our_state": str(parcel.get_status_display())}
    if row.returned and not row.amount and _comes_back(parcel, row):
        _book(row, parcel)
    elif row.returned or _is_listed(parcel) or not _is_collected(parcel):
        open_for_row(row, Finding.STATUS_DIFFERS, source=source, **ours)
    elif parcel.due != row.amount:
        open_for_row(row, Finding.AMOUNT_DIFFERS, source=source, **ours)
    else:
        _book(row, parcel)


def accept_sum(row: StatementRow) -> int:
    """Book what the carrier handed over of a parcel's cash, which is another sum than it collected.

    The rest, which is returned, stays with it in the books; negative: it handed over so many đồng too many. Part of
    the caller's transaction. Raises NotThatWay.
    """
    parcel = _parcel_of(row)
    if parcel is None or _is_listed(parcel) or not _is_collected(parcel):
        raise NotThatWay(_("This parcel's cash is not with the carrier by the books."))
    _book(row, parcel)
    row.save()
    return parcel.due - row.moved[0]


def _comes_back(parcel: SellerOrder, row: StatementRow) -> bool:
    """Whether nobody took it; the list is believed while the parcel is on its way and unpaid."""
    if _is_listed(parcel):
        return False
    try:
        refuse_at_door(parcel, actor=row.statement.applied_by)
    except IllegalMove:  # the farm may have said so already
        parcel.refresh_from_db()
        sent = parcel.events.filter(status=Status.HANDED_OVER).exists()
        return parcel.status == Status.CANCELLED and sent
    tell_seller_of_return(parcel)
    return True


def _parcel_of(row: StatementRow) -> SellerOrder | None:
    parcels = SellerOrder.objects.filter(carrier=row.statement.carrier)
    by_number = parcels.filter(number=row.reference.upper()).first()
    by_tracking = list(parcels.filter(tracking_number=row.reference)[:2])
    return by_number or (by_tracking[0] if len(by_tracking) == 1 else None)


def _is_listed(parcel: SellerOrder) -> bool:
    return parcel.statement_rows.filter(outcome=Outcome.MATCHED).exists()


def _is_collected(parcel: SellerOrder) -> bool:
    return parcel.entries.filter(kind=Entry.Kind.CASH_COLLECTED).exists()


def _book(row: StatementRow, parcel: SellerOrder) -> None:
    amount, at = row.moved
    row.parcel, row.outcome = parcel, Outcome.MATCHED
    close_shown(booked__seller_order=parcel)
    if not amount and not row.fee:
        return
    row.entry = cash_remitted(
        parcel,
        amount=amount,
        fee=row.fee,
        key=f"parcel:{parcel.pk}",
        occurred_at=at,
    )
    enqueue("cash_handed_over", {"seller_order": parcel.pk}, key=f"cash_handed_over:{parcel.pk}")


def owed_by_carriers() -> list[dict[str, Any]]:
    """``carrier``, ``total`` đồng that it has of ours by the books, and ``count`` of parcels on no list yet."""
    lines = Line.objects.filter(account__kind=Account.Kind.CASH_IN_TRANSIT).exclude(account__carrier="")
    owed = (
        lines.order_by("account__carrier").values(carrier=F("account__carrier")).annotate(total=Sum("amount"))
    )
    counts = dict(held_by_carriers().order_by("carrier").values_list("carrier").annotate(Count("pk")))
    return [{**one, "count": counts.get(one["carrier"], 0)} for one in owed if one["total"]]


def held_by_carriers() -> QuerySet[SellerOrder]:
    """Parcels whose cash was collected and is on no carrier's list yet."""
    collected = Entry.objects.filter(seller_order=OuterRef("pk"), kind=Entry.Kind.CASH_COLLECTED)
    listed = StatementRow.objects.filter(parcel=OuterRef("pk"), outcome=Outcome.MATCHED)
    held = SellerOrder.objects.filter(Exists(collected), ~Exists(listed))
    return held.exclude(carrier__in=Carrier.of_the_seller())

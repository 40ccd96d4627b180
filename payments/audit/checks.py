"""The books against themselves and against the rows they tell of. What differs is in đồng unless a check says so."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from marketplace.order.models import Order, SellerOrder
from payments.audit.differences import Difference, compare
from payments.audit.parcels import (
    commission_is_booked,
    payouts_are_booked,
    shipping_is_given_once,
    withheld_tax_is_booked,
)
from payments.audit.payouts import (
    batches_add_up,
    parcels_are_paid_out_once,
    parcels_stay_paid_out,
    payouts_add_up,
)
from payments.audit.rails import rails_report_the_same
from payments.ledger.models import Account, Entry, Line
from payments.models import Payment, Refund, Transfer

Kind, What = Account.Kind, Entry.Kind
#: money that is somewhere, not owed to somebody
_HELD = (Kind.CLEARING, Kind.BANK, Kind.CASH_IN_TRANSIT, Kind.PROVIDER_FEES)
#: owed to others than sellers, who are looked at one by one
_OWED = (Kind.REFUNDS_PAYABLE, Kind.BUYER_CREDIT, Kind.WITHHELD_TAX, Kind.SHIPPING_PAYABLE)


def entries_balance() -> Iterator[Difference]:
    """The database refuses it; a restored or foreign database may still hold it."""
    rows = Entry.objects.annotate(total=Sum("lines__amount", default=0), count=Count("lines"))
    memorandum = Q(kind=What.MEMORANDUM)
    empty = Q(count=0) & ~memorandum | Q(count__gt=0) & memorandum
    for entry in rows.filter(~Q(total=0) | empty).order_by("pk"):
        yield Difference("entries_balance", entry.key, 0, entry.total)


def payments_are_booked() -> Iterator[Difference]:
    """What a payment has received, and the entries that say so."""
    kinds = (What.MONEY_RECEIVED, What.CASH_COLLECTED)
    booked = Sum("entries__lines__amount", filter=_held("entries__") & Q(entries__kind__in=kinds), default=0)
    rows = Payment.objects.annotate(booked=booked).exclude(booked=F("received"))
    for payment in rows.order_by("pk"):
        yield Difference("payments_are_booked", payment.reference, payment.received, payment.booked)


def unknown_transfers_are_booked() -> Iterator[Difference]:
    """Transfers of nobody's order, and the credit that waits for their senders."""
    unknown = Transfer.objects.filter(outcome=Transfer.Outcome.UNKNOWN, payment=None)
    lines = Line.objects.filter(entry__kind=What.MONEY_RECEIVED, entry__payment=None, amount__gt=0)
    lines = lines.filter(entry__reversed_by=None)  # a person found the order
    yield from compare("unknown_transfers_are_booked", "vietqr", _sum(unknown), _sum(lines))


def refunds_are_booked() -> Iterator[Difference]:
    """Every refund is owed once it is asked for, sent once it is done, and neither once it is cancelled."""
    rows = Refund.objects.annotate(
        owed=Sum("entries__lines__amount", filter=_on(Kind.REFUNDS_PAYABLE, "entries__"), default=0),
        sent=Sum("entries__lines__amount", filter=_held("entries__"), default=0),
    )
    for refund in rows.order_by("pk"):
        done = refund.state == Refund.State.DONE
        open_ = refund.amount if refund.state in Refund.OWED else 0
        subject = f"refund {refund.pk}"
        yield from compare("refunds_are_owed", subject, open_, -refund.owed)
        yield from compare("refunds_are_sent", subject, refund.amount if done else 0, -refund.sent)


def sold_parcels_are_booked() -> Iterator[Difference]:
    """Parcels of paid orders that go on were sold in the books at their price, once; others were not."""
    sold = Q(entries__kind__in=(What.ORDER_PAID, What.CASH_COLLECTED), entries__lines__amount__lt=0)
    rows = SellerOrder.objects.annotate(sold=Sum("entries__lines__amount", filter=sold, default=0))
    going_on = rows.filter(order__paid_at__isnull=False).exclude(status__in=SellerOrder.ENDED)
    for parcel in going_on.exclude(sold=F("reduced") - F("total")).order_by("pk"):
        yield Difference("sold_parcels_are_booked", parcel.number, parcel.due, -parcel.sold)
    for parcel in rows.exclude(sold=0).exclude(sold=F("reduced") - F("total")).order_by("pk"):
        yield Difference("parcels_are_sold_at_their_price", parcel.number, parcel.due, -parcel.sold)


def reductions_add_up() -> Iterator[Difference]:
    """What a parcel is reduced by is the sum of its unpaid reductions."""
    unpaid = Q(lines__reductions__was_paid=False)
    rows = SellerOrder.objects.annotate(rows=Sum("lines__reductions__amount", filter=unpaid, default=0))
    for parcel in rows.exclude(rows=F("reduced")).order_by("pk"):
        yield Difference("reductions_add_up", parcel.number, parcel.rows, parcel.reduced)


def refunds_stay_below_the_price() -> Iterator[Difference]:
    """Nobody got more back of a parcel, or of an attempt to pay, than was paid."""
    standing = ~Q(refunds__state=Refund.State.CANCELLED)
    for rows, limit in ((SellerOrder.objects, F("total") - F("reduced")), (Payment.objects, F("received"))):
        sums = rows.annotate(back=Sum("refunds__amount", filter=standing, default=0), limit=limit)
        for row in sums.filter(back__gt=F("limit")).order_by("pk"):
            yield Difference("refunds_stay_below_the_price", str(row), row.limit, row.back)


def orders_add_up() -> Iterator[Difference]:
    """Received less refunded, by the payment tables, is what the books hold for the order: owed and paid out."""
    lines = Line.objects.filter(_held(""), entry__order__isnull=False).order_by()
    lines = lines.exclude(entry__kind=What.CASH_KEPT)  # paid out at the door
    books = dict(lines.values_list("entry__order").annotate(Sum("amount")))
    tables = dict(Payment.objects.order_by().values_list("order").annotate(Sum("received")))
    done = Refund.objects.filter(state=Refund.State.DONE).order_by()
    for order, amount in done.values_list("payment__order").annotate(Sum("amount")):
        tables[order] = tables.get(order, 0) - amount
    for order in sorted(books.keys() | tables.keys()):
        yield from compare("orders_add_up", f"order {order}", tables.get(order, 0), books.get(order, 0))


def paid_orders_have_one_payment() -> Iterator[Difference]:
    """Exactly one attempt of an order that was paid is confirmed; here attempts are counted, not đồng."""
    confirmed = Count("payments", filter=Q(payments__state=Payment.State.CONFIRMED))
    rows = Order.objects.filter(paid_at__isnull=False).annotate(confirmed=confirmed)
    for order in rows.exclude(confirmed=1).order_by("pk"):
        yield Difference("paid_orders_have_one_payment", order.number, 1, order.confirmed)


def credit_is_explained() -> Iterator[Difference]:
    """No order has spent more of its buyer's money than came in."""
    lines = Line.objects.filter(account__kind=Kind.BUYER_CREDIT, entry__order__isnull=False).order_by()
    rows = lines.values("entry__order__number").annotate(total=Sum("amount")).filter(total__gt=0)
    for row in rows.order_by("entry__order__number"):
        yield Difference("credit_is_explained", row["entry__order__number"], 0, row["total"])


def credit_is_owed_back() -> Iterator[Difference]:
    """Of an order that is paid, or has ended with all its attempts, no money of the buyer is left lying about."""
    open_ = Payment.objects.filter(order=OuterRef("pk"), state__in=Payment.OPEN)
    paid = Q(payments__state=Payment.State.CONFIRMED)
    over = Order.objects.filter(paid | Q(Q(status__in=Order.ENDED), ~Exists(open_)))
    lines = Line.objects.filter(account__kind=Kind.BUYER_CREDIT, entry__order__in=over).order_by()
    rows = lines.values("entry__order__number").annotate(total=Sum("amount")).filter(total__lt=0)
    for row in rows.order_by("entry__order__number"):
        yield Difference("credit_is_owed_back", row["entry__order__number"], 0, -row["total"])


def sellers_owe_nothing_unsaid() -> Iterator[Difference]:
    """A seller who owes the market has it written on the account."""
    rows = Account.objects.filter(kind=Kind.SELLER_PAYABLE, debt_since=None).select_related("partner")
    for account in rows.annotate(total=Sum("lines__amount", default=0)).filter(total__gt=0).order_by("pk"):
        yield Difference("sellers_owe_nothing_unsaid", str(account.partner), 0, account.total)


def payables_are_not_negative() -> Iterator[Difference]:
    """Buyers, all together, got no more than they were owed; state and carriers no more than was ever kept for them.

    What they had got can go back to a buyer later: that leaves out (shipping_is_given_once looks at each parcel).
    """
    given_back = (What.TAX_BACK, What.REFUND_OWED)
    lines = Line.objects.order_by().filter(account__kind__in=_OWED)
    for_others = Q(account__kind__in=(Kind.WITHHELD_TAX, Kind.SHIPPING_PAYABLE))
    later = Q(entry__kind__in=given_back) | Q(entry__reverses__kind__in=given_back)
    rows = lines.exclude(for_others & later).values("account__kind").annotate(total=Sum("amount"))
    for kind, total in (
        rows.filter(total__gt=0).order_by("account__kind").values_list("account__kind", "total")
    ):
        yield Difference("payables_are_not_negative", kind, 0, -total)


def nothing_is_rounded() -> Iterator[Difference]:
    yield from compare(
        "nothing_is_rounded", "rounding", 0, _sum(Line.objects.filter(account__kind=Kind.ROUNDING))
    )


CHECKS: tuple[Callable[[], Iterator[Difference]], ...] = (
    entries_balance,
    payments_are_booked,
    unknown_transfers_are_booked,
    refunds_are_booked,
    sold_parcels_are_booked,
    reductions_add_up,
    refunds_stay_below_the_price,
    orders_add_up,
    paid_orders_have_one_payment,
    credit_is_explained,
    credit_is_owed_back,
    commission_is_booked,
    withheld_tax_is_booked,
    shipping_is_given_once,
    payouts_are_booked,
    payouts_add_up,
    batches_add_up,
    parcels_stay_paid_out,
    parcels_are_paid_out_once,
    sellers_owe_nothing_unsaid,
    payables_are_not_negative,
    rails_report_the_same,
    nothing_is_rounded,
)


def _held(path: str) -> Q:
    if path:
        return Q(**{f"{path}lines__account__kind__in": _HELD})
    return Q(account__kind__in=_HELD)


def _on(kind: Account.Kind, path: str) -> Q:
    return Q(**{f"{path}lines__account__kind": kind})


def _sum(rows: QuerySet[Any]) -> int:
    total: int = rows.aggregate(total=Sum("amount", default=0))["total"]
    return total

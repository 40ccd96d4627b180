"""What people are told when an order or a parcel changes; queued in the caller's transaction, once per event.

A seller hears of nothing but parcels that became its work.
"""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from catalogue.templatetags.money import dong
from marketplace.messaging.services import tell
from marketplace.order.links import order_link
from marketplace.order.models import Order, Reduction, SellerOrder
from marketplace.order.numbers import spaced

Status = SellerOrder.Status
#: a seller or a carrier may still do something about these
_AT_WORK = (Status.NEW, Status.PACKING, Status.HANDED_OVER)


def tell_buyer(kind: str, order: Order) -> None:
    """Kinds: order_placed, order_paid, order_expired."""
    tell(
        kind,
        key=f"{kind}:{order.pk}",
        phone=order.phone,
        email=order.guest_email,
        context={"number": spaced(order.number), "total": dong(order.total), "url": order_link(order)},
    )


def tell_link(order: Order) -> None:
    """As often as it is asked for; the caller limits that."""
    tell(
        "order_link",
        key=f"order_link:{uuid.uuid4()}",
        phone=order.phone,
        email=order.guest_email,
        context={"number": spaced(order.number), "url": order_link(order)},
    )


def tell_sellers_of_new(order: Order) -> None:
    """Each seller of its own parcel, unless it ended before; whoever was told before is not told again."""
    for parcel in _parcels(order, [Status.NEW]).prefetch_related("lines"):
        lines = "; ".join(
            f"{line.quantity} × {line.title} ({line.pack_label})" for line in parcel.lines.all()
        )
        _tell_seller("seller_new_order", parcel, {"total": dong(parcel.total), "lines": lines})


def tell_sellers_not_to_collect(order: Order) -> None:
    """An order to be paid at the door was paid beforehand: slips that are printed say otherwise."""
    for parcel in _parcels(order, _AT_WORK):
        _tell_seller("seller_order_paid", parcel, {})


def _parcels(order: Order, statuses: Iterable[str]) -> QuerySet[SellerOrder]:
    return order.seller_orders.filter(status__in=statuses).select_related("partner").order_by("pk")


def tell_of_shipping(order: Order, parcel: SellerOrder) -> None:
    _tell_of_parcel(
        "parcel_shipped",
        order,
        parcel,
        {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number},
    )


def tell_of_cancellation(order: Order, parcel: SellerOrder, *, buyers_wish: bool) -> None:
    if buyers_wish:
        _tell_of_parcel("parcel_taken_back", order, parcel, {})
    else:
        _tell_of_parcel("parcel_cancelled", order, parcel, {"reason": parcel.cancel_reason})
    if parcel.asked_at is not None:
        _tell_seller("seller_order_cancelled", parcel, {})


def tell_of_refusal(order: Order, parcel: SellerOrder) -> None:
    _tell_of_parcel("parcel_refused", order, parcel, {})


def tell_of_reduction(order: Order, row: Reduction) -> None:
    """The buyer hears what will be missing, why, and what that means for the money."""
    parcel = row.line.seller_order
    tell(
        "parcel_reduced",
        key=f"parcel_reduced:{row.pk}",
        phone=order.phone,
        email=order.guest_email,
        context={
            "seller": parcel.partner.name,
            "number": parcel.number,
            "title": row.line.title,
            "packs": row.packs,
            "grams": row.grams,
            "reason": row.reason,
            "amount": dong(row.amount),
            "was_paid": row.was_paid,
            "url": order_link(order),
        },
    )


def _tell_of_parcel(kind: str, order: Order, parcel: SellerOrder, context: dict[str, str]) -> None:
    known = {"seller": parcel.partner.name, "number": parcel.number, "url": order_link(order)}
    tell(
        kind,
        key=_key(kind, parcel),
        phone=order.phone,
        email=order.guest_email,
        context=known | context,
    )


def _tell_seller(kind: str, parcel: SellerOrder, context: dict[str, str]) -> None:
    if not parcel.partner.phone:
        return
    url = settings.SITE_URL + reverse("workspace:order", args=[parcel.number])
    tell(
        kind,
        key=_key(kind, parcel),
        phone=parcel.partner.phone,
        context={"number": parcel.number, "url": url} | context,
    )


def _key(kind: str, parcel: SellerOrder) -> str:
    """Once each time that the parcel becomes its seller's work: late money may wake one that had ended."""
    return f"{kind}:{parcel.pk}:{parcel.asked_at:%y%m%d%H%M%S}" if parcel.asked_at else f"{kind}:{parcel.pk}"

"""What people are told when an order or a parcel changes; queued in the caller's transaction, once per event."""

from django.conf import settings
from django.urls import reverse

from catalogue.templatetags.money import dong
from marketplace.messaging.services import tell
from marketplace.order.links import order_link
from marketplace.order.models import Order, Reduction, SellerOrder
from marketplace.order.numbers import spaced


def tell_buyer(kind: str, order: Order) -> None:
    """Kinds: order_placed, order_paid, order_expired."""
    tell(
        kind,
        key=f"{kind}:{order.pk}",
        phone=order.phone,
        email=order.guest_email,
        context={"number": spaced(order.number), "total": dong(order.total), "url": order_link(order)},
    )


def tell_sellers_of_new(order: Order) -> None:
    """Each seller of its own parcel; whoever was told before is not told again."""
    for parcel in order.seller_orders.select_related("partner").prefetch_related("lines").order_by("pk"):
        lines = "; ".join(
            f"{line.quantity} × {line.title} ({line.pack_label})" for line in parcel.lines.all()
        )
        _tell_seller("seller_new_order", parcel, {"total": dong(parcel.total), "lines": lines})


def tell_of_shipping(order: Order, parcel: SellerOrder) -> None:
    _tell_of_parcel(
        "parcel_shipped",
        order,
        parcel,
        {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number},
    )


def tell_of_cancellation(order: Order, parcel: SellerOrder) -> None:
    _tell_of_parcel("parcel_cancelled", order, parcel, {"reason": parcel.cancel_reason})
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
        key=f"{kind}:{parcel.pk}",
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
        key=f"{kind}:{parcel.pk}",
        phone=parcel.partner.phone,
        context={"number": parcel.number, "url": url} | context,
    )

"""What people are told when an order or a parcel changes; queued in the caller's transaction, once per event.

A seller hears of nothing but parcels that became its work.
"""

import uuid
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse

from catalogue.money import dong
from marketplace.messaging.services import tell
from marketplace.order.links import order_link
from marketplace.order.models import Order, Reduction, SellerOrder
from marketplace.order.numbers import spaced

Status = SellerOrder.Status


def write_to_buyer(kind: str, order: Order, facts: dict[str, Any], *, once: object) -> None:
    """Queue a message with the link to the order; the same ``kind`` with the same ``once`` is one message."""
    tell(
        kind,
        key=f"{kind}:{once}",
        phone=order.phone,
        email=order.guest_email,
        context={"url": order_link(order)} | facts,
    )


def write_of_parcel(
    kind: str, order: Order, parcel: SellerOrder, facts: dict[str, Any], *, once: object
) -> None:
    """To the buyer, naming parcel and seller."""
    known = {"seller": parcel.partner.name, "number": parcel.number}
    write_to_buyer(kind, order, known | facts, once=once)


def write_to_seller(kind: str, parcel: SellerOrder, facts: dict[str, Any], *, once: object) -> None:
    """The same for the parcel's seller, with the link to its page; nobody where no telephone is known."""
    if parcel.partner.phone:
        url = settings.SITE_URL + reverse("workspace:order", args=[parcel.number])
        known = {"number": parcel.number, "url": url}
        tell(kind, key=f"{kind}:{once}", phone=parcel.partner.phone, context=known | facts)


def tell_buyer(kind: str, order: Order) -> None:
    """Kinds: order_placed, order_expired."""
    facts = {"number": spaced(order.number), "total": dong(order.total)}
    write_to_buyer(kind, order, facts, once=order.pk)


def tell_of_payment(order: Order, amount: int, *, is_to_be_packed: bool) -> None:
    """``amount`` đồng have come. Else than before packing, it was to be paid at the door."""
    facts = {"number": spaced(order.number), "total": dong(amount), "is_to_be_packed": is_to_be_packed}
    write_to_buyer("order_paid", order, facts, once=order.pk)


def tell_link(order: Order) -> None:
    """As often as it is asked for; the caller limits that."""
    write_to_buyer("order_link", order, {"number": spaced(order.number)}, once=uuid.uuid4())


def tell_sellers_of_new(order: Order) -> None:
    """Each seller of its own parcel, unless it ended before; whoever was told before is not told again."""
    for parcel in _parcels(order, [Status.NEW]).prefetch_related("lines"):
        lines = "; ".join(
            f"{line.quantity} × {line.title} ({line.pack_label})" for line in parcel.lines.all()
        )
        facts = {"total": dong(parcel.total), "lines": lines}
        write_to_seller("seller_new_order", parcel, facts, once=_turn(parcel))


def tell_sellers_not_to_collect(order: Order) -> None:
    """An order to be paid at the door was paid beforehand: slips that are printed say otherwise."""
    for parcel in _parcels(order, SellerOrder.AT_WORK):
        write_to_seller("seller_order_paid", parcel, {}, once=_turn(parcel))


def _parcels(order: Order, statuses: Iterable[str]) -> QuerySet[SellerOrder]:
    return order.seller_orders.filter(status__in=statuses).select_related("partner").order_by("pk")


def tell_of_shipping(order: Order, parcel: SellerOrder) -> None:
    facts = {"carrier": parcel.carrier, "tracking_number": parcel.tracking_number}
    write_of_parcel("parcel_shipped", order, parcel, facts, once=_turn(parcel))


def tell_of_cancellation(order: Order, parcel: SellerOrder, *, buyers_wish: bool) -> None:
    once = _turn(parcel)
    if buyers_wish:
        write_of_parcel("parcel_taken_back", order, parcel, {}, once=once)
    else:
        write_of_parcel("parcel_cancelled", order, parcel, {"reason": _reason(parcel)}, once=once)
    if parcel.asked_at is not None:
        write_to_seller("seller_order_cancelled", parcel, {}, once=once)


def tell_of_refusal(order: Order, parcel: SellerOrder) -> None:
    write_of_parcel("parcel_refused", order, parcel, {}, once=_turn(parcel))


def tell_of_return(order: Order, parcel: SellerOrder) -> None:
    facts = {"reason": _reason(parcel)}
    write_of_parcel("parcel_came_back", order, parcel, facts, once=_turn(parcel))


def tell_seller_of_return(parcel: SellerOrder) -> None:
    """Where somebody else than the farm has noted that its parcel came back, or was not taken."""
    write_to_seller("seller_parcel_came_back", parcel, {"reason": _reason(parcel)}, once=_turn(parcel))


def tell_of_reduction(order: Order, row: Reduction) -> None:
    """The buyer hears what will be missing, why, and what that means for the money."""
    facts = {
        "title": row.line.title,
        "packs": row.packs,
        "grams": row.grams,
        "reason": row.reason,
        "amount": dong(row.amount),
        "was_paid": row.was_paid,
    }
    write_of_parcel("parcel_reduced", order, row.line.seller_order, facts, once=row.pk)


def _reason(parcel: SellerOrder) -> str:
    """As a part of a sentence of ours."""
    return parcel.cancel_reason.rstrip(" .")


def _turn(parcel: SellerOrder) -> str:
    """Another each time that the parcel becomes its seller's work: late money may wake one that had ended."""
    return f"{parcel.pk}:{parcel.asked_at:%y%m%d%H%M%S}" if parcel.asked_at else str(parcel.pk)

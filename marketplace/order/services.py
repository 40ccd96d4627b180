"""Use cases of an order: place it, take it as paid, let it end, move its parcels. Each owns its transaction."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from farmers.partner.exceptions import InsufficientStock
from marketplace.accounts.models import User
from marketplace.order import holding
from marketplace.order.exceptions import IllegalMove
from marketplace.order.locks import lock_order
from marketplace.order.models import Order, Reservation, SellerOrder, SellerOrderEvent
from marketplace.order.notices import (
    tell_buyer,
    tell_of_cancellation,
    tell_of_payment,
    tell_of_refusal,
    tell_of_return,
    tell_of_shipping,
    tell_sellers_not_to_collect,
    tell_sellers_of_new,
)
from marketplace.order.placement import HOLD_FOR_ACCEPTANCE, HOLD_FOR_PAYMENT, LONGEST_HOLD, Placement
from marketplace.order.rows import write_events, write_order, write_parcels
from marketplace.outbox.services import enqueue

Status = SellerOrder.Status
#: steps that a person takes; the others follow from money and time
_BY_PEOPLE = {Status.PACKING, Status.HANDED_OVER, Status.DELIVERED, Status.CANCELLED}
_OVER = {Status.DELIVERED, *SellerOrder.ENDED}


@transaction.atomic(savepoint=False)
def place_order(placement: Placement) -> Order:
    """Order, seller orders, lines and held stock, or nothing at all: a failure undoes the caller's transaction too.

    Raises InsufficientStock with every short line, and IntegrityError when the submission token was used before.
    """
    order = write_order(placement)
    write_parcels(order, placement)
    tell_buyer("order_placed", order)
    if placement.pays_on_delivery:
        tell_sellers_of_new(order)
    return order


@transaction.atomic
def mark_paid(order: Order, *, amount: int) -> bool:
    """The whole sum has come: sellers may pack, held stock no longer expires. False if it was paid before.

    ``amount`` đồng are what the buyer hears of. Raises IllegalMove for an order that has ended; reopen() it first.
    """
    lock_order(order)
    if order.paid_at is not None:
        return False
    if order.status in Order.ENDED:
        raise IllegalMove(order.number, "paid")
    started = _start(order)
    order.paid_at, order.expires_at = timezone.now(), None
    order.save(update_fields=["status", "paid_at", "expires_at"])
    holding.claim(order.seller_orders.all())
    tell_of_payment(order, amount, is_to_be_packed=started)
    if started:
        tell_sellers_of_new(order)
    else:
        tell_sellers_not_to_collect(order)
    return True


@transaction.atomic
def hold_until(order: Order, wanted: datetime, *, longest: timedelta = LONGEST_HOLD) -> None:
    """Hold unpaid goods until `wanted`, but no longer than `longest` after they were ordered: others wait too."""
    lock_order(order)
    until = min(wanted, order.date_placed + longest)
    if order.status != Order.Status.PENDING_PAYMENT or order.expires_at is None or order.expires_at >= until:
        return
    order.expires_at = until
    order.save(update_fields=["expires_at"])
    Reservation.objects.filter(line__order=order, state=Reservation.State.HELD).update(expires_at=until)


@transaction.atomic
def deliver_unpaid(order: Order, *, payment_method: str) -> bool:
    """The buyer will pay at the door instead: sellers may start, and have a day to accept. False if they had."""
    lock_order(order)
    if order.status != Order.Status.PENDING_PAYMENT:
        return False
    _start(order)
    order.payment_method = payment_method
    order.expires_at = timezone.now() + HOLD_FOR_ACCEPTANCE
    order.save(update_fields=["status", "payment_method", "expires_at"])
    Reservation.objects.filter(line__order=order, state=Reservation.State.HELD).update(
        expires_at=order.expires_at
    )
    tell_sellers_of_new(order)
    return True


def _start(order: Order) -> bool:
    """Parcels that waited for the money are new to their sellers. False where the sellers are at work already."""
    if order.status != Order.Status.PENDING_PAYMENT:
        return False
    order.status = Order.Status.CONFIRMED
    _move_all(order, Status.AWAITING_PAYMENT, Status.NEW, asked_at=timezone.now())
    return True


@transaction.atomic
def expire(order: Order) -> bool:
    """Give back the stock of an order that was not paid, or of parcels that no seller accepted in time.

    Running it again changes nothing. True if something ended; `order.status` then says whether all of it did.
    """
    lock_order(order)
    if order.paid_at is not None:
        return False
    if order.status == Order.Status.PENDING_PAYMENT:
        ended = _move_all(order, Status.AWAITING_PAYMENT, Status.EXPIRED)
        tell_buyer("order_expired", order)
    elif order.expires_at is not None and order.expires_at <= timezone.now():
        ended = _move_all(
            order, Status.NEW, Status.EXPIRED, cancel_reason=_("The farm did not answer in time")
        )
        for parcel in ended:
            tell_of_cancellation(order, parcel, buyers_wish=False)
    else:
        return False
    holding.release(ended)
    _conclude(order)
    return bool(ended)


@transaction.atomic
def reopen(order: Order) -> bool:
    """Late money: hold everything again so that mark_paid() can follow. False, and no change, if goods are gone."""
    lock_order(order)
    parcels = list(order.seller_orders.all())
    if order.status != Order.Status.EXPIRED or any(parcel.status != Status.EXPIRED for parcel in parcels):
        return False
    until = timezone.now() + HOLD_FOR_PAYMENT
    try:
        holding.hold_again(parcels, until)
    except InsufficientStock:
        return False
    _move_all(order, Status.EXPIRED, Status.AWAITING_PAYMENT)
    order.status, order.expires_at = Order.Status.PENDING_PAYMENT, until
    order.save(update_fields=["status", "expires_at"])
    return True


@transaction.atomic
def take_back(seller_order: SellerOrder, *, actor: User | None, reason: str) -> None:
    """The buyer cancels a parcel that is not being packed yet. Raises IllegalMove once the seller has accepted it."""
    lock_order(seller_order.order)
    seller_order.refresh_from_db(fields=["status"])
    if seller_order.status not in SellerOrder.BEFORE_PACKING:
        raise IllegalMove(seller_order.number, Status.CANCELLED)
    said = (
        _("The buyer took it back: %(reason)s") % {"reason": reason}
        if reason
        else _("The buyer took it back")
    )
    move(seller_order, Status.CANCELLED, actor=actor, note=said, buyers_wish=True)


@transaction.atomic
def move(
    seller_order: SellerOrder,
    to: str,
    *,
    actor: User | None = None,
    note: str = "",
    buyers_wish: bool = False,
    carrier: str = "",
    tracking_number: str = "",
) -> None:
    """One step of a parcel, with all that follows for stock, the buyer and the order.

    `note` is the reason of a cancellation, `buyers_wish` says that the buyer asked for it. Raises IllegalMove when
    the parcel is not where that step begins.
    """
    order = seller_order.order
    lock_order(order)
    changes = {"carrier": carrier, "tracking_number": tracking_number} if to == Status.HANDED_OVER else {}
    if to == Status.CANCELLED:
        changes = {"cancel_reason": note}
    before = [state for state, steps in SellerOrder.TRANSITIONS.items() if to in steps]
    if to == Status.CANCELLED:
        before.remove(Status.HANDED_OVER)  # refuse_at_door() and come_back() alone
    waiting = SellerOrder.objects.filter(pk=seller_order.pk, status__in=before)
    if to not in _BY_PEOPLE or not waiting.update(status=to, **changes):
        raise IllegalMove(seller_order.number, to)
    SellerOrderEvent.objects.create(seller_order=seller_order, status=to, actor=actor, note=note)
    seller_order.refresh_from_db()
    _follow(order, seller_order, buyers_wish=buyers_wish)
    _conclude(order)


@transaction.atomic
def refuse_at_door(seller_order: SellerOrder, *, actor: User | None, reason: str = "") -> None:
    """The buyer did not take a parcel to be paid in cash: nothing of it is due.

    The packs stay out of the stock: only the farm sees whether they come back sound, and counts them in. Raises
    IllegalMove unless the parcel is on its way and unpaid.
    """
    _end_on_its_way(seller_order, actor, reason or _("Not taken at the door"), is_paid=False)
    tell_of_refusal(seller_order.order, seller_order)
    enqueue("count_cash", {"seller_order": seller_order.pk}, key=f"cancelled:{seller_order.pk}")


@transaction.atomic
def come_back(seller_order: SellerOrder, *, actor: User | None, reason: str) -> None:
    """A parcel that was paid before came back undelivered: all that was paid for it goes back to the buyer.

    Of the packs the same holds as in refuse_at_door(). Raises IllegalMove unless the parcel is on its way and paid.
    """
    _end_on_its_way(seller_order, actor, reason, is_paid=True)
    tell_of_return(seller_order.order, seller_order)
    enqueue("give_back_parcel", {"seller_order": seller_order.pk}, key=f"give_back_parcel:{seller_order.pk}")


def _end_on_its_way(seller_order: SellerOrder, actor: User | None, reason: str, *, is_paid: bool) -> None:
    """Whoever says so knows whether the buyer had paid: money that came meanwhile changes what it means."""
    lock_order(seller_order.order)
    on_its_way = SellerOrder.objects.filter(
        pk=seller_order.pk, status=Status.HANDED_OVER, order__paid_at__isnull=not is_paid
    )
    if not on_its_way.update(status=Status.CANCELLED, cancel_reason=reason):
        raise IllegalMove(seller_order.number, Status.CANCELLED)
    SellerOrderEvent.objects.create(
        seller_order=seller_order, status=Status.CANCELLED, actor=actor, note=reason
    )
    seller_order.refresh_from_db()
    _conclude(seller_order.order)


def _follow(order: Order, parcel: SellerOrder, *, buyers_wish: bool) -> None:
    """What a step means for the stock held and for those who wait."""
    if parcel.status == Status.PACKING:
        holding.claim([parcel])
    elif parcel.status == Status.HANDED_OVER:
        holding.consume([parcel])
        tell_of_shipping(order, parcel)
        if order.paid_at is not None:
            enqueue("parcel_handed_over", {"seller_order": parcel.pk}, key=f"parcel_handed_over:{parcel.pk}")
    elif parcel.status == Status.DELIVERED:
        enqueue("parcel_delivered", {"seller_order": parcel.pk}, key=f"parcel_delivered:{parcel.pk}")
        if order.paid_at is None:
            enqueue("count_cash", {"seller_order": parcel.pk}, key=f"delivered:{parcel.pk}")
    elif parcel.status == Status.CANCELLED:
        holding.release([parcel])
        tell_of_cancellation(order, parcel, buyers_wish=buyers_wish)
        if order.paid_at is not None:
            enqueue("give_back_parcel", {"seller_order": parcel.pk}, key=f"give_back_parcel:{parcel.pk}")
        else:
            enqueue("count_cash", {"seller_order": parcel.pk}, key=f"cancelled:{parcel.pk}")


def _move_all(order: Order, before: str, to: str, **changes: str | datetime) -> list[SellerOrder]:
    """The parcels that were moved, as they are now."""
    pks = list(order.seller_orders.filter(status=before).values_list("pk", flat=True))
    SellerOrder.objects.filter(pk__in=pks).update(status=to, **changes)
    parcels = list(SellerOrder.objects.filter(pk__in=pks).select_related("partner"))
    write_events(parcels, to)
    return parcels


def _conclude(order: Order) -> None:
    """When every parcel has come to an end, so has the order."""
    ends = set(order.seller_orders.values_list("status", flat=True))
    if not ends <= _OVER:
        return
    if Status.DELIVERED in ends:
        order.status = Order.Status.COMPLETED
    elif Status.CANCELLED in ends:
        order.status = Order.Status.CANCELLED
    else:
        order.status = Order.Status.EXPIRED
    order.save(update_fields=["status"])

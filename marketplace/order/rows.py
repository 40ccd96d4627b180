"""The rows that make an order, written in a few statements whatever the number of farms and lines."""

from collections import Counter
from datetime import datetime
from decimal import Decimal

from django.conf import settings
from django.utils import timezone

from catalogue.money import grams
from farmers.partner import stock
from marketplace.order.models import Line, Order, Reservation, SellerOrder, SellerOrderEvent, ShippingAddress
from marketplace.order.numbers import new_number, new_parcel_number
from marketplace.order.placement import (
    HOLD_FOR_ACCEPTANCE,
    HOLD_FOR_PAYMENT,
    Parcel,
    ParcelLine,
    Placement,
    Recipient,
)


def write_order(placement: Placement) -> Order:
    """The order itself, before anything else: a token sent twice stops here, on its unique constraint."""
    now = timezone.now()
    confirmed = placement.pays_on_delivery
    return Order.objects.create(
        number=new_number(),
        submission_token=placement.submission_token,
        site_id=settings.SITE_ID,
        user=placement.user,
        phone=placement.recipient.phone,
        guest_email=placement.recipient.email,
        note=placement.note,
        payment_method=placement.payment_method,
        status=Order.Status.CONFIRMED if confirmed else Order.Status.PENDING_PAYMENT,
        date_placed=now,
        expires_at=now + (HOLD_FOR_ACCEPTANCE if confirmed else HOLD_FOR_PAYMENT),
        shipping_address=_write_address(placement.recipient),
        total_incl_tax=Decimal(placement.total),
        total_excl_tax=Decimal(placement.total),
        shipping_incl_tax=Decimal(placement.shipping_total),
        shipping_excl_tax=Decimal(placement.shipping_total),
    )


def _write_address(recipient: Recipient) -> ShippingAddress:
    return ShippingAddress.objects.create(
        last_name=recipient.name,
        line1=recipient.line1,
        line4=recipient.commune.name,
        state=recipient.commune.province.name,
        country_id="VN",
        phone_number=recipient.phone,
        commune=recipient.commune,
        typed_place=recipient.typed_place,
    )


def write_parcels(order: Order, placement: Placement) -> list[SellerOrder]:
    """A seller order per parcel, its lines, and the stock that they hold.

    Raises InsufficientStock with every short line; the caller's transaction then undoes the order too.
    """
    seller_orders = SellerOrder.objects.bulk_create(
        _seller_order(order, parcel) for parcel in placement.parcels
    )
    lines = Line.objects.bulk_create(
        _line(order, seller_order, line)
        for seller_order, parcel in zip(seller_orders, placement.parcels, strict=True)
        for line in parcel.lines
    )
    assert order.expires_at is not None  # write_order has set it
    _hold(lines, order.expires_at)
    return seller_orders


def write_events(seller_orders: list[SellerOrder], status: str) -> None:
    """A step of several parcels at once that nobody in particular took."""
    SellerOrderEvent.objects.bulk_create(
        SellerOrderEvent(seller_order=seller_order, status=status) for seller_order in seller_orders
    )


def _hold(lines: list[Line], expires_at: datetime) -> None:
    wanted: Counter[int] = Counter()
    for line in lines:
        wanted[line.stockrecord_id] += line.quantity
    stock.reserve(wanted)
    Reservation.objects.bulk_create(
        Reservation(
            line=line, stockrecord_id=line.stockrecord_id, quantity=line.quantity, expires_at=expires_at
        )
        for line in lines
    )


def _seller_order(order: Order, parcel: Parcel) -> SellerOrder:
    at_once = order.status == Order.Status.CONFIRMED
    return SellerOrder(
        order=order,
        partner=parcel.partner,
        number=new_parcel_number(),
        status=SellerOrder.Status.NEW if at_once else SellerOrder.Status.AWAITING_PAYMENT,
        asked_at=order.date_placed if at_once else None,
        goods_total=parcel.goods_total,
        shipping_total=parcel.quote.charge,
        total=parcel.total,
        charged_grams=parcel.quote.charged_grams,
        shipping_quote=parcel.quote.detail,
    )


def _line(order: Order, seller_order: SellerOrder, line: ParcelLine) -> Line:
    product = line.stockrecord.product
    unit, total = Decimal(line.unit_price), Decimal(line.total)
    return Line(
        order=order,
        seller_order=seller_order,
        partner=seller_order.partner,
        partner_name=seller_order.partner.name,
        partner_sku=line.stockrecord.partner_sku,
        stockrecord=line.stockrecord,
        product=product,
        title=product.title,
        pack_label=product.pack_label or grams(product.pack_grams),
        pack_grams=product.pack_grams,
        is_own_raw_produce=product.is_own_raw_produce,
        quantity=line.quantity,
        unit_price_incl_tax=unit,
        unit_price_excl_tax=unit,
        line_price_incl_tax=total,
        line_price_excl_tax=total,
        line_price_before_discounts_incl_tax=total,
        line_price_before_discounts_excl_tax=total,
        # Oscar's count; ours is Reservation
        num_allocated=0,
    )

"""Orders of the demo market, through the services that a buyer, a bank and a seller use."""

import uuid
from collections import defaultdict

from django.utils import timezone

from farmers.partner.models import Partner, StockRecord
from marketplace.accounts.models import User
from marketplace.address.models import Commune
from marketplace.demo import affairs, history, records
from marketplace.demo.bank import transfer
from marketplace.order.models import Order, SellerOrder
from marketplace.order.placement import Parcel, ParcelLine, Placement, Recipient
from marketplace.order.services import move, place_order
from marketplace.shipping.quotes import ParcelItem, quote_parcel
from payments.services import expire_unpaid, open_payment

_TOKENS = uuid.UUID("6f0d3c1e-5a0b-4f0e-9d43-1c0a7c9b2f11")
_STEPS = ("packing", "handed_over", "delivered")
_REGRET = "Mưa lớn mấy hôm nay, hàng không kịp khô. Xin lỗi anh chị."


def token(order: records.Order) -> uuid.UUID:
    """The order's submission token: the same in every build, so that none is placed twice."""
    return uuid.uuid5(_TOKENS, order.key)


def missing_orders(market: records.Records) -> list[tuple[records.Order, records.Buyer]]:
    """Oldest first, as they would have come."""
    known = set(Order.objects.values_list("submission_token", flat=True))
    buyers = {buyer.key: buyer for buyer in market.buyers}
    orders = sorted(market.orders, key=lambda order: -order.days_ago)
    return [(order, buyers[order.buyer]) for order in orders if token(order) not in known]


def add_order(wanted: tuple[records.Order, records.Buyer]) -> None:
    """Place it, let its money come and its parcels go as far as written down, each at its time."""
    order, buyer = wanted
    placed = place_order(_placement(order, buyer))
    payment = open_payment(order=placed, provider=order.payment)
    history.move_back(placed, days=order.days_ago)
    if order.ends_unpaid:
        expire_unpaid(timezone.now())
    if order.transfer:
        transfer(payment, order.transfer)
    for parcel in placed.seller_orders.select_related("partner"):
        _carry(parcel, order.parcels.get(parcel.partner.code, ""))
    history.spread(placed, days=order.days_ago)
    if order.affair:
        affairs.happen(order.affair, placed)


def _placement(order: records.Order, buyer: records.Buyer) -> Placement:
    commune = Commune.objects.select_related("province").get(code=buyer.commune)
    return Placement(
        submission_token=token(order),
        recipient=Recipient(name=buyer.full_name, phone=buyer.phone, line1=buyer.line1, commune=commune),
        parcels=_parcels(order, commune),
        payment_method=order.payment,
        pays_on_delivery=order.payment == "cash_on_delivery",
        user=User.objects.get(phone=buyer.phone),
    )


def _parcels(order: records.Order, commune: Commune) -> tuple[Parcel, ...]:
    by_seller: dict[Partner, list[ParcelLine]] = defaultdict(list)
    stock = StockRecord.objects.select_related("partner__commune", "product__crop")
    for record in stock.filter(partner_sku__in=order.lines).order_by("pk"):
        line = ParcelLine(stockrecord=record, quantity=order.lines[record.partner_sku])
        by_seller[record.partner].append(line)
    return tuple(_parcel(partner, lines, commune) for partner, lines in by_seller.items())


def _parcel(partner: Partner, lines: list[ParcelLine], commune: Commune) -> Parcel:
    items = [
        ParcelItem(
            grams=line.stockrecord.product.pack_grams,
            quantity=line.quantity,
            keeps_days=line.stockrecord.product.crop.keeps_days,
            title=line.stockrecord.product.title,
            crop=line.stockrecord.product.crop.code,
        )
        for line in lines
    ]
    assert partner.commune is not None  # sellers.py sets it
    quote = quote_parcel(origin=partner.commune, destination=commune, items=items)
    return Parcel(partner=partner, lines=tuple(lines), quote=quote)


def _carry(parcel: SellerOrder, to: str) -> None:
    """Every step on the way to `to`, taken by the seller's owner."""
    actor = parcel.partner.members.get(role="owner").user
    if to == SellerOrder.Status.CANCELLED:
        move(parcel, to, actor=actor, note=_REGRET)
    elif to in _STEPS:
        for step in _STEPS[: _STEPS.index(to) + 1]:
            move(parcel, step, actor=actor, carrier="Viettel Post", tracking_number=f"DEMO{parcel.pk:06d}")

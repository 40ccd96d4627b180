"""Buyers for the attacks: guests whose orders are placed by the real service."""

import random
import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone
from oscar.apps.basket.models import Basket, Line

from farmers.partner.models import StockRecord
from marketplace.address.models import Commune
from marketplace.checkout.baskets import look_into
from marketplace.checkout.parcels import quoted
from marketplace.checkout.placement import place
from marketplace.order.models import Order, Reservation
from marketplace.order.placement import Recipient
from marketplace.torture.market import durable_products
from payments.models import Payment

#: phường Ba Đình, Hà Nội
PLACE = "00004"


def placed_orders(
    count: int, dice: random.Random, *, rail: str = "vietqr", shelf: Sequence[int] = (), packs: int = 1
) -> list[Payment]:
    """The open attempts of `count` new orders, `packs` of a product of `shelf` each, to be paid by `rail`."""
    shelf = shelf or durable_products(20)
    commune = Commune.objects.select_related("province").get(code=PLACE)
    orders = [_placed(_basket(dice.choice(shelf), packs), commune, dice, rail) for _ in range(count)]
    return list(Payment.objects.filter(order__in=orders).order_by("pk"))


def run_out(payments: Iterable[Payment], *, at: datetime | None = None) -> None:
    """The time of their orders, of the goods these hold and of every attempt to pay them is over then, or now."""
    at, orders = at or timezone.now(), {payment.order_id for payment in payments}
    Order.objects.filter(pk__in=orders).update(expires_at=at)
    Reservation.objects.filter(line__order__in=orders).update(expires_at=at)
    Payment.objects.filter(order__in=orders).update(expires_at=at)


def _placed(basket: Basket, commune: Commune, dice: random.Random, rail: str) -> Order:
    contents = look_into(Basket.objects.filter(pk=basket.pk))
    return place(
        token=uuid.UUID(int=dice.getrandbits(128), version=4),
        contents=contents,
        summary=quoted(contents, commune),
        recipient=Recipient(name="Chị Lan", phone="+84912000001", line1="12 Hoàng Diệu", commune=commune),
        provider=rail,
    )


def _basket(product: int, packs: int) -> Basket:
    record = StockRecord.objects.get(product=product)
    basket = Basket.objects.create()
    Line.objects.create(
        basket=basket,
        line_reference=str(record.pk),
        product_id=product,
        stockrecord=record,
        quantity=packs,
        price_incl_tax=record.price,
        price_excl_tax=record.price,
    )
    return basket

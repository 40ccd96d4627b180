"""Orders that were paid by the real notifications, with the rules of the first day in force."""

import io

from django.test import Client
from PIL import Image as Pillow

from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move
from payments.cash import count_cash
from payments.commission.loading import load_rules
from payments.models import Notification, RefundPolicy
from payments.notifications import settle
from payments.tax.loading import load_withholding
from tests import factories
from tests.factories import anh_tam, chi_lan, htx_dong_phu, make_product
from tests.payments.orders import bank_says, make_payment, notify

STEPS = ("packing", "handed_over", "delivered")


def load_money_rules(limit: int = 500_000) -> None:
    load_rules()
    load_withholding()
    RefundPolicy.objects.create(valid_from="2026-01-01", limit=limit)


def paid_order(*, packs: int = 4, price: int = 25_000, to: str = "") -> Order:
    """Chị Lan's: ``packs`` of 500 g of anh Tâm's and one of HTX Đồng Phú's, paid by transfer; both moved on."""
    goods = [
        (make_product(partner=anh_tam(), price=price, stock=packs), packs),
        (make_product(partner=htx_dong_phu(), price=200_000, stock=1), 1),
    ]
    order = factories.make_order(*goods, user=chi_lan())
    payment = make_payment(order)
    assert notify(Client(), bank_says(payment.reference, payment.amount)).status_code == 200
    for pk in Notification.objects.values_list("pk", flat=True):
        settle({"notification": pk})
    order.refresh_from_db()
    return moved(order, to)


def cash_order(*, packs: int = 4, price: int = 25_000, to: str = "", carrier: str = "Viettel Post") -> Order:
    """One parcel of anh Tâm's, to be paid at the door."""
    goods = (make_product(partner=anh_tam(), price=price, stock=packs), packs)
    order = factories.make_order(
        goods, user=chi_lan(), payment_method="cash_on_delivery", pays_on_delivery=True
    )
    make_payment(order, provider="cash_on_delivery")
    return moved(order, to, carrier)


def moved(order: Order, to: str, carrier: str = "Viettel Post") -> Order:
    for parcel in order.seller_orders.all() if to else ():
        for step in STEPS[: STEPS.index(to) + 1]:
            move(parcel, step, carrier=carrier)
        if to == "delivered" and order.paid_at is None:
            count_cash({"seller_order": parcel.pk})
    return order


def tams(order: Order) -> SellerOrder:
    parcel: SellerOrder = order.seller_orders.get(partner=anh_tam())
    return parcel


def photo() -> io.BytesIO:
    """As a buyer's phone sends one."""
    out = io.BytesIO()
    Pillow.new("RGB", (40, 30), "brown").save(out, "JPEG")
    out.name = "hong.jpg"
    out.seek(0)
    return out

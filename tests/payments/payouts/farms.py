"""Sellers with an account and parcels that arrived, made by the real services, so that the books know of them."""

import datetime
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from catalogue.models import Crop
from farmers.partner.models import Partner
from marketplace.accounts.models import User
from marketplace.order.models import Order, SellerOrder, SellerOrderEvent
from marketplace.order.services import move
from payments.ledger.postings import money_received
from payments.payouts.models import HoldRule, PayoutAccount, PayoutBatch
from payments.payouts.services import approve_batch, fill_batch, make_batch, send_batch
from payments.services import confirm_payment, open_payment
from tests.factories import make_order, make_partner, make_product, make_user

Status = SellerOrder.Status
NOW = datetime.datetime(2026, 11, 25, 9, tzinfo=timezone.get_default_timezone())
LONG_AGO = NOW - datetime.timedelta(days=30)
HOLD = datetime.timedelta(hours=72)


def hold(
    hours: int = 72, *, crop: Crop | None = None, since: datetime.date = datetime.date(2026, 1, 1)
) -> None:
    HoldRule.objects.create(valid_from=since, crop=crop, hours=hours)


def maker() -> User:
    return make_user("+84912000071", "Người Lập", is_staff=True)


def approver() -> User:
    return make_user("+84912000072", "Người Duyệt", is_staff=True)


def give_account(seller: Partner, *, at: datetime.datetime = LONG_AGO, **fields: Any) -> PayoutAccount:
    defaults = {"bank_bin": "970436", "number": f"0{seller.pk:09}", "holder": "DIEU TAM"}
    account: PayoutAccount = PayoutAccount.objects.create(
        partner=seller, requested_at=at, usable_from=at, **defaults | fields
    )
    return account


def make_seller(name: str = "", **fields: Any) -> Partner:
    """A cooperative, so that no tax is kept back, with an account."""
    seller = make_partner(name, kind=Partner.Kind.COOPERATIVE, phone="+84912000055", **fields)
    give_account(seller)
    return seller


@transaction.atomic
def pay(order: Order) -> None:
    """By QR, all that is due."""
    payment = open_payment(order=order, provider="vietqr")
    money_received(payment, rail="vietqr", amount=payment.amount, key=f"test:{payment.pk}", occurred_at=NOW)
    confirm_payment(payment, amount=payment.amount)


def paid_parcel(seller: Partner, goods: int = 100_000, *, crop: Crop | None = None) -> SellerOrder:
    """Paid by QR, to be packed."""
    order = make_order((make_product(partner=seller, price=goods, crop=crop), 1))
    pay(order)
    parcel: SellerOrder = order.seller_orders.get()
    return parcel


def arrived(
    seller: Partner, goods: int = 100_000, *, at: datetime.datetime = NOW - HOLD, crop: Crop | None = None
) -> SellerOrder:
    """A paid parcel that was delivered ``at``."""
    parcel = paid_parcel(seller, goods, crop=crop)
    for step in (Status.PACKING, Status.HANDED_OVER, Status.DELIVERED):
        move(parcel, step)
    SellerOrderEvent.objects.filter(seller_order=parcel, status=Status.DELIVERED).update(at=at)
    return parcel


def filled(*, now: datetime.datetime = NOW) -> PayoutBatch:
    batch, _is_new = make_batch(token=uuid4(), by=maker(), now=now)
    fill_batch({"batch": batch.pk})
    batch.refresh_from_db()
    return batch


def approved() -> PayoutBatch:
    batch = filled()
    approve_batch(batch, by=approver(), total=batch.total, now=NOW)
    return batch


def sent() -> PayoutBatch:
    batch = approved()
    send_batch(batch, by=maker(), now=NOW)
    return batch

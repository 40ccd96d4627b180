"""Orders to pay, placed by the real services, and the bank's notifications about them."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.test import Client

from marketplace.order.models import Order
from payments.models import Payment
from payments.providers.sepay.signature import sign
from payments.services import open_payment
from payments.starting import start_waiting
from tests import factories
from tests.factories import FREIGHT, anh_tam, htx_dong_phu, make_product

TOTAL = 150_000
_event_ids = itertools.count(1)


def make_order(*totals: int, provider: str = "vietqr") -> Order:
    """Chị Lan's order: one pack from each seller, one parcel for each of ``totals`` (đồng, freight included)."""
    sellers = [anh_tam(), htx_dong_phu()]
    wanted = [
        (make_product(partner=seller, price=total - FREIGHT, stock=1), 1)
        for seller, total in zip(sellers, totals or (TOTAL,), strict=False)
    ]
    at_the_door = provider == "cash_on_delivery"
    return factories.make_order(*wanted, payment_method=provider, pays_on_delivery=at_the_door)


def make_payment(order: Order | None = None, *, provider: str = "vietqr", **fields: Any) -> Payment:
    """An open attempt to pay ``order``; ``fields`` are written over it."""
    order = order or make_order(provider=provider)
    payment = open_payment(order=order, provider=provider)
    start_waiting(order, client_ip="192.0.2.7")
    Payment.objects.filter(pk=payment.pk).update(**fields)
    payment.refresh_from_db()
    return payment


def reread(payment: Payment) -> Payment:
    now: Payment = Payment.objects.select_related("order").get(pk=payment.pk)
    return now


def sell_out(order: Order) -> None:
    """Somebody else buys what the order's end put back on the shelf."""
    for line in order.lines.all():
        stockrecord = line.stockrecord
        stockrecord.num_in_stock = stockrecord.num_allocated = 0
        stockrecord.save()


def bank_says(memo: str, amount: int = TOTAL, **changes: Any) -> bytes:
    """SePay's body for one movement on our account."""
    event = next(_event_ids)
    fields = {
        "id": event,
        "gateway": "Vietcombank",
        "transactionDate": datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S"),
        "accountNumber": settings.BANK_ACCOUNT,
        "code": None,
        "content": f"MBVCB.3278907687.{memo}.CT tu 0909006868",
        "transferType": "in",
        "transferAmount": amount,
        "accumulated": 19_077_000,
        "subAccount": None,
        "referenceCode": f"FT26327{event:06}",
    }
    return json.dumps({**fields, **changes}).encode()


def notify(client: Client, body: bytes, *, secret: str = "", age: int = 0) -> Any:
    """POST ``body`` as SePay does, signed ``age`` seconds ago."""
    stamp = str(int(datetime.now(UTC).timestamp()) - age)
    signature = sign(timestamp=stamp, body=body, secret=secret or settings.SEPAY_SECRET)
    return client.post(
        "/thanh-toan/sepay/ipn",
        body,
        content_type="application/json",
        headers={"X-SePay-Timestamp": stamp, "X-SePay-Signature": signature},
    )

"""Many buyers at the same moment, on real PostgreSQL with real threads."""

import random
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from threading import Semaphore

import pytest
from django.db import connection
from django.test import Client
from oscar.apps.basket.models import Basket, Line

from catalogue.products import Product
from farmers.partner import stock
from farmers.partner.exceptions import InsufficientStock
from farmers.partner.models import StockRecord
from marketplace.checkout import baskets
from marketplace.checkout.baskets import look_into
from marketplace.checkout.parcels import quoted
from marketplace.checkout.placement import place
from marketplace.order import services
from marketplace.order.models import Order, Reservation
from marketplace.order.placement import Recipient
from marketplace.shipping.loading import load_tariff
from payments.models import Payment
from tests.checkout.shopping import answers, ask_shipping, listed, put
from tests.factories import make_commune, make_partner, stock_of
from tests.threads import together

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]

BUYERS, UNITS = 200, 50
#: connections of a small PostgreSQL are fewer than buyers
AT_ONCE = Semaphore(32)


def ready_to_buy(*products: Product) -> Callable[[], Order]:
    """A guest with a pack of each in the basket, put in in this order, all filled in, the finger over the button."""
    basket = Basket.objects.create()
    records = {record.product_id: record for record in StockRecord.objects.filter(product__in=products)}
    Line.objects.bulk_create(
        Line(
            basket=basket,
            line_reference=str(record.pk),
            product_id=record.product_id,
            stockrecord=record,
            quantity=1,
            price_incl_tax=record.price,
            price_excl_tax=record.price,
        )
        for record in (records[product.pk] for product in products)
    )
    contents = look_into(Basket.objects.filter(pk=basket.pk))
    commune = make_commune("00004")
    return partial(
        place,
        token=uuid.uuid4(),
        contents=contents,
        summary=quoted(contents, commune),
        recipient=Recipient(name="Chị Lan", phone="+84912000001", line1="12 Hoàng Diệu", commune=commune),
        provider="vietqr",
    )


def all_at_once(buyers: list[Callable[[], Order]]) -> Counter[str]:
    """{what came of it: how often}"""

    def press(buy: Callable[[], Order]) -> Order:
        with AT_ONCE:
            try:
                return buy()
            finally:
                connection.close()

    return Counter(type(answer).__name__ for answer in together([partial(press, buy) for buy in buyers]))


@pytest.fixture(autouse=True)
def _market() -> None:
    load_tariff()


def test_200_buyers_for_50_packs_make_exactly_50_orders() -> None:
    product = listed(stock=UNITS)
    answered = all_at_once([ready_to_buy(product) for _ in range(BUYERS)])
    assert answered == {"Order": UNITS, "InsufficientStock": BUYERS - UNITS}
    record = stock_of(product)
    assert (record.num_in_stock, record.num_allocated) == (UNITS, UNITS)
    assert Order.objects.count() == Reservation.objects.count() == Payment.objects.count() == UNITS
    assert Basket.objects.filter(status=Basket.SUBMITTED).count() == UNITS


def test_without_the_guard_the_same_buyers_get_more_than_there_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: were this not to oversell, the test above would prove nothing."""

    def read_then_write(wanted: dict[int, int]) -> None:
        for pk, packs in wanted.items():
            record = StockRecord.objects.get(pk=pk)
            if record.num_in_stock - record.num_allocated < packs:
                raise InsufficientStock(())
            record.num_allocated += packs
            record.save()

    monkeypatch.setattr(stock, "reserve", read_then_write)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE partner_stockrecord DROP CONSTRAINT stock_never_oversold")
    product = listed(stock=10)
    assert all_at_once([ready_to_buy(product) for _ in range(60)])["Order"] > 10


def baskets_of_five(products: list[Product], *, buyers: int) -> list[Callable[[], Order]]:
    dice = random.Random(7)
    return [ready_to_buy(*dice.sample(products, 5)) for _ in range(buyers)]


def test_without_their_order_the_same_baskets_wait_in_a_ring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: stock records taken as they lie in the basket. Each ring costs PostgreSQL a second."""
    monkeypatch.setattr(stock, "sorted", list, raising=False)
    products = [listed(partner=make_partner(), stock=12) for _ in range(6)]
    assert all_at_once(baskets_of_five(products, buyers=8))["OperationalError"] > 0


def test_baskets_of_five_in_any_order_never_wait_in_a_ring() -> None:
    products = [listed(partner=make_partner(), stock=12) for _ in range(20)]
    answered = all_at_once(baskets_of_five(products, buyers=60))
    assert set(answered) == {"Order", "InsufficientStock"}
    held = Counter(Reservation.objects.values_list("stockrecord__product_id", flat=True))
    for product in products:
        assert held[product.pk] == stock_of(product).num_allocated <= 12
    assert Reservation.objects.count() == 5 * answered["Order"]


def ten_taps() -> set[tuple[int, str]]:
    """What a guest with two packs of ten in the basket is answered."""
    make_commune("00004")
    client = Client()
    put(client, listed(stock=10), 2)
    data = answers(ask_shipping(client))

    def tap() -> tuple[int, str]:
        finger = Client()
        finger.cookies.update(client.cookies)
        response = finger.post("/thanh-toan/", data)
        return response.status_code, response.url

    return set(together([tap] * 10))


def test_without_token_and_closed_basket_ten_taps_are_several_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control of both walls."""
    write = services.write_order
    monkeypatch.setattr(
        services, "write_order", lambda wanted: write(replace(wanted, submission_token=uuid.uuid4()))
    )
    monkeypatch.setattr(baskets, "submit", lambda basket: True)
    ten_taps()
    assert Order.objects.count() > 1


def test_ten_taps_at_once_make_one_order_and_get_one_answer() -> None:
    taps = ten_taps()
    assert len(taps) == 1, taps
    assert taps.pop()[0] == 302
    assert Order.objects.count() == Payment.objects.count() == 1
    assert StockRecord.objects.get().num_allocated == 2


def test_two_windows_at_once_order_a_basket_once() -> None:
    make_commune("00004")
    client = Client()
    put(client, listed(stock=10), 2)
    data = answers(ask_shipping(client))

    def window(token: str) -> int:
        other = Client()
        other.cookies.update(client.cookies)
        return other.post("/thanh-toan/", data | {"token": token}).status_code

    statuses = together([partial(window, str(uuid.uuid4())) for _ in range(6)])
    assert set(statuses) == {302}
    assert Order.objects.count() == 1
    assert StockRecord.objects.get().num_allocated == 2

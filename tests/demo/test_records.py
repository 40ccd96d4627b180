"""The written-down market makes sense by itself and against the lists that it names codes of."""

import csv
import re
from collections import Counter

import pytest
from django.conf import settings

from marketplace.demo import affairs, bank, illustrate, records

MARKET = records.read()
FORMER_BINH_PHUOC = range(25195, 25451)


def rows(path: str) -> list[dict[str, str]]:
    with (settings.ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


CROPS = {row["code"]: row for row in rows("catalogue/data/crops.csv")}
COMMUNES = {row["code"] for row in rows("marketplace/address/data/communes.csv")}


def test_the_market_is_as_large_as_promised():
    assert Counter(seller.kind for seller in MARKET.sellers).keys() == {
        "household",
        "cooperative",
        "enterprise",
    }
    assert len(MARKET.sellers) == 12
    assert len(MARKET.products) == 60
    assert len({product.crop for product in MARKET.products}) >= 15
    assert len(MARKET.orders) >= 25


@pytest.mark.parametrize("seller", MARKET.sellers, ids=lambda seller: seller.code)
def test_sellers_live_in_the_former_binh_phuoc(seller):
    assert int(seller.commune) in FORMER_BINH_PHUOC
    assert seller.commune in COMMUNES
    assert seller.picture.drawing in illustrate.names()


@pytest.mark.parametrize("product", MARKET.products, ids=lambda product: product.sku)
def test_products_fit_their_crop(product):
    crop = CROPS[product.crop]
    assert not product.grade or product.grade in crop["grades"].split("|")
    assert product.sale_mode in crop["sale_mode"].split("|")
    assert product.seller in {seller.code for seller in MARKET.sellers}
    assert len(product.pack_label) <= 40
    assert (product.price is None) == (product.sale_mode == "quote")
    assert product.price is None or product.price % 1_000 == 0


def test_nothing_is_told_twice():
    for told in (
        [product.sku for product in MARKET.products],
        [product.story for product in MARKET.products],
        [product.title for product in MARKET.products],
        [order.key for order in MARKET.orders],
        [f"{certificate.scheme} {certificate.number}" for certificate in MARKET.certificates],
    ):
        assert len(told) == len(set(told))


def test_everybody_has_a_demo_phone_of_their_own():
    people = [*MARKET.staff, *MARKET.buyers]
    phones = [person.phone for person in people]
    for seller in MARKET.sellers:
        phones += [seller.phone, *(helper.phone for helper in seller.helpers)]
    assert len(phones) == len(set(phones))
    assert all(re.fullmatch(r"\+849120000\d\d", phone) for phone in phones)


def test_no_certificate_pretends_to_be_issued():
    assert all(certificate.number.startswith("DEMO-") for certificate in MARKET.certificates)
    assert any(not certificate.verified for certificate in MARKET.certificates)


def test_orders_name_what_exists():
    products = {product.sku: product for product in MARKET.products}
    buyers = {buyer.key for buyer in MARKET.buyers}
    for order in MARKET.orders:
        assert order.buyer in buyers
        sold_by = {products[sku].seller for sku in order.lines}
        assert set(order.parcels) <= sold_by, order.key


def test_orders_stand_wherever_an_order_can():
    """Whoever looks around the demo finds one of each."""
    orders = MARKET.orders
    assert {order.payment for order in orders} == {"vietqr", "cash_on_delivery"}
    assert {order.transfer for order in orders} == {"", *bank.KINDS}
    assert {order.affair for order in orders} == {"", *affairs.KINDS}
    ways = {(order.payment, status) for order in orders for status in order.parcels.values()}
    steps = ("packing", "handed_over", "delivered", "cancelled")
    assert {status for payment, status in ways if payment == "vietqr"} >= set(steps)
    assert {status for payment, status in ways if payment == "cash_on_delivery"} >= set(steps) - {"packing"}
    untouched = [order for order in orders if not order.parcels]
    assert any(order.payment == "cash_on_delivery" for order in untouched), "new, to be paid at the door"
    assert any(order.transfer == "exact" for order in untouched), "new and paid"
    assert any(not order.transfer and not order.ends_unpaid for order in untouched), "waits for its money"
    assert any(order.ends_unpaid and not order.transfer for order in untouched), "ended unpaid"


def test_stock_covers_the_orders():
    wanted: Counter[str] = Counter()
    for order in MARKET.orders:
        wanted.update(order.lines)
    left = {product.sku: product.stock - wanted[product.sku] for product in MARKET.products}
    assert [sku for sku, packs in left.items() if packs < 0] == []

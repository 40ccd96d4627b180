import datetime
import re
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from catalogue.listing.paging import PAGE_SIZE
from catalogue.listing.refresh import refresh_listings
from catalogue.models import Crop, Product
from farmers.models import Certification
from tests.factories import anh_tam, htx_dong_phu, make_product, stock_of

pytestmark = pytest.mark.django_db

Offer = Callable[..., Product]


@pytest.fixture
def offer(crops: None, db: None) -> Offer:
    """Put a product of a crop on sale, listed as visitors see it."""

    def put(title: str, crop: str = "cashew_roasted", **fields: object) -> Product:
        product = make_product(title, crop=Crop.objects.get(code=crop), **fields)
        refresh_listings([product.pk])
        return product

    return put


def titles(page: object) -> list[str]:
    return [listing.title for listing in page.context["listings"]]


# --- lists ------------------------------------------------------------------------------------------------
def test_the_list_shows_the_newest_first_with_price_and_price_per_kilogram(
    client: Client, offer: Offer
) -> None:
    offer("Hạt điều rang củi", price=95_000, pack_grams=500)
    offer("Tiêu sọ", "pepper_white")
    page = client.get("/san-pham/")
    assert titles(page) == ["Tiêu sọ", "Hạt điều rang củi"]
    assert "95.000\u00a0₫" in page.text
    assert "190.000\u00a0₫/kg" in page.text


def test_following_the_next_links_shows_everything_once(client: Client, offer: Offer) -> None:
    products = [
        make_product(f"Hạt điều {i}", crop=Crop.objects.get(code="cashew_roasted")) for i in range(60)
    ]
    refresh_listings([product.pk for product in products])
    seen, url = [], "/san-pham/?xep=gia-thap"
    while url:
        page = client.get(url)
        seen += titles(page)
        assert len(titles(page)) <= PAGE_SIZE
        url = page.context["next_url"] and "/san-pham/" + page.context["next_url"]
    assert sorted(seen) == sorted(product.title for product in products)


def test_a_page_further_on_leads_back_to_the_first(client: Client, offer: Offer) -> None:
    offer("Hạt điều")
    page = client.get("/san-pham/?mua=on&sau=1-1")
    assert page.context["first_url"] == "?mua=on"
    assert client.get("/san-pham/?mua=on").context["first_url"] == ""


@pytest.mark.parametrize("cursor", ["x", "-1-2", "99999999999999999999-1", "1-", "9223372036854775807-1"])
def test_a_cursor_that_is_not_ours_breaks_nothing(client: Client, offer: Offer, cursor: str) -> None:
    offer("Hạt điều")
    assert client.get("/san-pham/", {"sau": cursor}).status_code == 200


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ({"cay": "durian"}, {"Sầu riêng Ri6"}),
        ({"cay": "cashew_roasted", "hang": "W240"}, {"Hạt điều W240"}),
        ({"xa": "25363"}, {"Sầu riêng Ri6"}),
        ({"tu": "100k"}, {"Sầu riêng Ri6"}),
        ({"den": "99.999"}, {"Hạt điều W240", "Hạt điều W320"}),
        ({"tu": "90.000 đ", "den": "0,1tr"}, {"Hạt điều W240"}),
        ({"chung_nhan": "ocop4"}, {"Hạt điều W240", "Hạt điều W320"}),
        ({"mua": "on"}, {"Hạt điều W240", "Hạt điều W320"}),
        ({"mua": "on", "cay": "durian"}, set()),
        ({}, {"Hạt điều W240", "Hạt điều W320", "Sầu riêng Ri6", "Mủ tạp"}),
    ],
)
@time_machine.travel("2026-11-20 08:00+07:00")
def test_each_filter_narrows(client: Client, offer: Offer, asked: dict[str, str], shown: set[str]) -> None:
    cashew = Crop.objects.get(code="cashew_roasted")
    Certification.objects.create(
        partner=anh_tam(),
        scheme="ocop4",
        number="OCOP-1",
        issuer="UBND",
        issued_on=datetime.date(2026, 1, 1),
        expires_on=datetime.date(2029, 1, 1),
        verified_at=timezone.now(),
    )
    offer("Hạt điều W240", grade=cashew.grades.get(code="W240"), price=95_000)
    offer("Hạt điều W320", grade=cashew.grades.get(code="W320"), price=80_000)
    offer("Sầu riêng Ri6", "durian", partner=htx_dong_phu(), price=250_000)
    offer("Mủ tạp", "rubber_cup_lump", partner=htx_dong_phu(), sale_mode="quote", price=None)
    Crop.objects.filter(code="rubber_cup_lump").update(season_months=[4, 5])
    if "xa" in asked:
        shown = shown | {"Mủ tạp"}
    assert set(titles(client.get("/san-pham/", asked))) == shown


def test_a_price_that_is_none_is_said_beside_its_field_and_the_other_filters_hold(
    client: Client, offer: Offer
) -> None:
    offer("Hạt điều")
    offer("Sầu riêng", "durian")
    page = client.get("/san-pham/?tu=nhiều&cay=durian")
    assert titles(page) == ["Sầu riêng"]
    assert page.context["form"].errors["tu"]
    assert 'value="nhiều"' in page.text


def test_prices_the_wrong_way_round_are_said(client: Client, offer: Offer) -> None:
    offer("Hạt điều", price=95_000)
    page = client.get("/san-pham/?tu=200k&den=100k")
    assert page.context["form"].errors["den"]


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("gia-thap", ["Rẻ", "Vừa", "Đắt", "Báo giá"]),
        ("gia-cao", ["Đắt", "Vừa", "Rẻ", "Báo giá"]),
        ("gia-ky", ["Vừa", "Rẻ", "Đắt", "Báo giá"]),
        ("moi-nhat", ["Báo giá", "Đắt", "Vừa", "Rẻ"]),
        ("nonsense", ["Báo giá", "Đắt", "Vừa", "Rẻ"]),
    ],
)
def test_orders_by_price_put_quotations_last(
    client: Client, offer: Offer, order: str, expected: list[str]
) -> None:
    offer("Rẻ", price=10_000, pack_grams=100)
    offer("Vừa", price=20_000, pack_grams=1000)
    offer("Đắt", price=90_000, pack_grams=500)
    offer("Báo giá", "rubber_svr", sale_mode="quote")
    assert titles(client.get("/san-pham/", {"xep": order})) == expected


def test_a_chosen_filter_can_be_taken_away_alone(client: Client, offer: Offer) -> None:
    offer("Sầu riêng", "durian")
    page = client.get("/san-pham/?cay=durian&tu=50k&xep=gia-thap")
    chosen = {str(filter.label): filter.url for filter in page.context["chosen"]}
    assert chosen["Sầu riêng"] == "?tu=50k&xep=gia-thap"
    assert page.context["clear_url"] == "?"


def test_filters_that_leave_nothing_offer_the_way_back(client: Client, offer: Offer) -> None:
    offer("Hạt điều", price=95_000)
    page = client.get("/san-pham/?den=10")
    assert titles(page) == []
    assert 'href="?"' in page.text


# --- categories -------------------------------------------------------------------------------------------
def test_a_category_shows_what_is_in_it_and_below(client: Client, offer: Offer) -> None:
    offer("Hạt điều rang")
    offer("Nhân điều", "cashew_kernel")
    offer("Tiêu sọ", "pepper_white")
    assert titles(client.get("/san-pham/nhom/hat/")) == ["Nhân điều", "Hạt điều rang"]
    assert titles(client.get("/san-pham/nhom/hat-dieu-rang/")) == ["Hạt điều rang"]
    assert client.get("/san-pham/nhom/khong-co/").status_code == 404


# --- the product ------------------------------------------------------------------------------------------
def test_a_product_tells_what_a_buyer_asks(client: Client, offer: Offer) -> None:
    product = offer(
        "Hạt điều rang muối W240",
        grade=Crop.objects.get(code="cashew_roasted").grades.get(code="W240"),
        description="Rang bằng củi.\n\nNhà làm.",
        harvest_month=datetime.date(2026, 3, 1),
        price=95_000,
    )
    other = offer("Hạt điều rang tỏi")
    page = client.get(product.get_absolute_url())
    for words in ("95.000\u00a0₫", "190.000\u00a0₫/kg", "W240", "Xã Bù Đăng, Đồng Nai", "<p>Nhà làm.</p>"):
        assert words in page.text
    assert [listing.pk for listing in page.context["alike"]] == [other.pk]
    assert f'name="product" value="{product.pk}"' in page.text


@time_machine.travel("2026-11-20 08:00+07:00")
def test_a_product_that_was_drawn_before_shows_what_changed_since(client: Client, offer: Offer) -> None:
    product = offer("Hạt điều", price=95_000, stock=40)
    assert "95.000\u00a0₫" in client.get(product.get_absolute_url()).text
    stock_of(product).__class__.objects.filter(product=product).update(price=99_000, num_in_stock=7)
    certificate = Certification.objects.create(
        partner=product.seller,
        scheme="ocop4",
        number="OCOP-9",
        issuer="UBND",
        issued_on=datetime.date(2026, 1, 1),
        expires_on=datetime.date(2026, 11, 20),
        verified_at=timezone.now(),
    )
    refresh_listings([product.pk])
    text = client.get(product.get_absolute_url()).text
    assert "99.000\u00a0₫" in text
    assert "95.000\u00a0₫" not in text
    assert 'max="7"' in text
    assert "OCOP-9, UBND" in text
    assert "20/11/2026" in text
    Certification.objects.filter(pk=certificate.pk).update(expires_on=datetime.date(2026, 11, 19))
    assert "OCOP-9" not in client.get(product.get_absolute_url()).text


def test_the_number_finds_a_product_whose_name_changed(client: Client, offer: Offer) -> None:
    product = offer("Hạt điều")
    moved = client.get(f"/san-pham/ten-cu-{product.pk}/")
    assert (moved.status_code, moved["Location"]) == (301, product.get_absolute_url())


@pytest.mark.parametrize("pk", ["0", "999999", "99999999999999999999999"])
def test_a_number_without_a_product_is_not_found(client: Client, pk: str) -> None:
    assert client.get(f"/san-pham/x-{pk}/").status_code == 404


def test_what_is_not_on_sale_is_not_found(client: Client, offer: Offer) -> None:
    product = offer("Hạt điều")
    Product.objects.filter(pk=product.pk).update(is_public=False)
    assert client.get(product.get_absolute_url()).status_code == 404


def test_what_is_sold_out_or_on_quotation_has_no_basket_button(client: Client, offer: Offer) -> None:
    sold_out = offer("Hạt điều", stock=0)
    quoted = offer("Mủ SVR", "rubber_svr", sale_mode="quote")
    for product in (sold_out, quoted):
        assert 'name="product"' not in client.get(product.get_absolute_url()).text
    assert "Liên hệ" in client.get(quoted.get_absolute_url()).text


def test_the_last_packs_are_counted(client: Client, offer: Offer) -> None:
    product = offer("Hạt điều", stock=3)
    page = client.get(product.get_absolute_url())
    assert 'max="3"' in page.text
    assert stock_of(product).num_in_stock == 3


# --- for everybody -----------------------------------------------------------------------------------------
def test_public_pages_are_the_same_bytes_for_everybody(client: Client, offer: Offer) -> None:
    product = offer("Hạt điều")
    member = Client()
    member.force_login(anh_tam().members.get().user)
    for address in ("/san-pham/", "/san-pham/nhom/hat/", product.get_absolute_url(), "/tim-kiem/?q=dieu"):
        anonymous, known = client.get(address), member.get(address)
        assert anonymous.content == known.content
        assert "public" in anonymous["Cache-Control"]
        assert not anonymous.cookies
        assert not re.search(r"csrf|<script[^>]*>[^<]|style=|onclick", anonymous.text)

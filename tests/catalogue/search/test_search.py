"""What a person types, and what must be among the first three products."""

from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from catalogue.crop_table import load_crops
from catalogue.listing.filters import Filters
from catalogue.listing.paging import PAGE_SIZE
from catalogue.listing.refresh import refresh_listings
from catalogue.listing.sorts import CHEAPEST
from catalogue.models import Crop
from catalogue.search.query import LONGEST, Query
from catalogue.search.results import search
from tests.factories import make_product

#: crop code -> titles; what a small market would have, with every trap of folding in it
STALL = {
    "cashew_roasted": ["Hạt điều rang muối vỏ lụa W240", "Hạt điều rang củi Bù Đăng", "Hạt điều mật ong"],
    "cashew_kernel": ["Nhân điều sống WW320"],
    "cashew_cheese": ["Phô mai hạt điều"],
    "pepper_black": ["Hồ tiêu đen Lộc Ninh", "Tiêu đen xay"],
    "pepper_white": ["Tiêu sọ Bù Đốp"],
    "coffee_robusta": ["Cà phê Robusta rang mộc"],
    "durian": ["Sầu riêng Ri6 chín cây", "Sầu riêng Dona cấp đông"],
    "avocado": ["Bơ sáp 034"],
    "pineapple": ["Thơm mật Đồng Phú", "Trái khóm gọt sẵn"],
    "custard_apple": ["Mãng cầu ta Bà Đen"],
    "maize": ["Bắp nếp tím"],
    "peanut": ["Đậu phộng rang tỏi"],
    "cassava": ["Khoai mì tươi"],
    "honey": ["Mật ong rừng Bù Gia Mập"],
    "bamboo_shoot": ["Măng khô nam rừng Năm Căn"],
    "mandarin": ["Dưa lưới và quýt đường"],
    "banana": ["Bộ chuối sấy bò khô"],
}


@pytest.fixture(scope="module")
def market(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The stall in a transaction around all tests of this module; theirs are savepoints in it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_crops()
        crops = {crop.code: crop for crop in Crop.objects.all()}
        made = [make_product(title, crop=crops[code]) for code, titles in STALL.items() for title in titles]
        refresh_listings([product.pk for product in made])
        yield
        transaction.set_rollback(True)


@pytest.fixture
def stall(market: None, db: None) -> None:
    """Listings of the stall above, set up before the test's own transaction begins."""


def first_three(typed: str) -> list[str]:
    return [listing.title for listing in search(Query.read(typed)).listings[:3]]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("hat dieu", "Hạt điều rang muối vỏ lụa W240"),
        ("HẠT ĐIỀU", "Hạt điều rang củi Bù Đăng"),
        ("hat dieu rang muoi", "Hạt điều rang muối vỏ lụa W240"),
        ("hatj ddieeuf", "Hạt điều rang củi Bù Đăng"),
        ("hat5 d9ie62u", "Hạt điều rang củi Bù Đăng"),
        ("hạt đieu rang mui", "Hạt điều rang muối vỏ lụa W240"),
        ("hatdieu", "Hạt điều rang củi Bù Đăng"),
        ("đào lộn hột", "Hạt điều rang muối vỏ lụa W240"),
        ("w240", "Hạt điều rang muối vỏ lụa W240"),
        ("điều w24", "Hạt điều rang muối vỏ lụa W240"),
        ("sau rieng", "Sầu riêng Ri6 chín cây"),
        ("sau reing", "Sầu riêng Ri6 chín cây"),
        ("SAURIENG", "Sầu riêng Ri6 chín cây"),
        ("sầu riên", "Sầu riêng Dona cấp đông"),
        ("saauf rieeng", "Sầu riêng Ri6 chín cây"),
        ("sa6u2 rie6ng", "Sầu riêng Ri6 chín cây"),
        ("ri6", "Sầu riêng Ri6 chín cây"),
        ("thom", "Thơm mật Đồng Phú"),
        ("dứa", "Thơm mật Đồng Phú"),
        ("dua", "Trái khóm gọt sẵn"),
        ("khóm", "Trái khóm gọt sẵn"),
        ("mang cau", "Mãng cầu ta Bà Đen"),
        ("na", "Mãng cầu ta Bà Đen"),
        ("bắp", "Bắp nếp tím"),
        ("ngô", "Bắp nếp tím"),
        ("lac", "Đậu phộng rang tỏi"),
        ("sắn", "Khoai mì tươi"),
        ("bo", "Bơ sáp 034"),
        ("bơ", "Bơ sáp 034"),
        ("tieu", "Hồ tiêu đen Lộc Ninh"),
        ("tiêu trắng", "Tiêu sọ Bù Đốp"),
        ("cafe", "Cà phê Robusta rang mộc"),
        ("ca phe", "Cà phê Robusta rang mộc"),
        ("mật ong", "Mật ong rừng Bù Gia Mập"),
        ("  mat -- ong!! ", "Mật ong rừng Bù Gia Mập"),
        ("phomai", "Phô mai hạt điều"),
    ],
)
def test_a_person_finds_what_is_meant(stall: None, typed: str, wanted: str) -> None:
    assert wanted in first_three(typed)


def test_a_short_word_is_not_the_beginning_of_another(stall: None) -> None:
    assert "Măng khô nam rừng Năm Căn" not in [found.title for found in search(Query.read("na")).listings]


def test_what_has_a_word_keeps_out_what_only_begins_so(stall: None) -> None:
    matcha = make_product("Matcha xanh", crop=Crop.objects.get(code="avocado"))
    refresh_listings([matcha.pk])
    assert "Matcha xanh" not in [found.title for found in search(Query.read("mat")).listings]
    assert first_three("matc") == ["Matcha xanh"]


def test_words_with_marks_come_before_the_same_letters_with_others(stall: None) -> None:
    assert first_three("bò khô")[0] == "Bộ chuối sấy bò khô"
    assert first_three("dưa")[0] == "Dưa lưới và quýt đường"


def test_what_is_in_stock_comes_first(stall: None) -> None:
    crop = Crop.objects.get(code="mandarin")
    sold_out, left = make_product("Quýt hồng", crop=crop, stock=0), make_product("Quýt hồng", crop=crop)
    refresh_listings([sold_out.pk, left.pk])
    assert [listing.pk for listing in search(Query.read("quýt hồng")).listings] == [left.pk, sold_out.pk]


@pytest.mark.parametrize(
    ("typed", "suggestion"),
    [("sau reing", "sầu riêng"), ("mang cuc", "măng cụt"), ("hat dieu rng mui", "hạt điều rang muối")],
)
def test_a_slip_is_answered_with_the_right_spelling(stall: None, typed: str, suggestion: str) -> None:
    found = search(Query.read(typed))
    assert found.suggestion == suggestion
    assert found.near == bool(found.listings)


@pytest.mark.parametrize(
    "typed", ["xe máy honda", "zzzz", "柚子", "!!!", "", "   ", "' & | ! :* \\", "a\x00b"]
)
def test_nonsense_finds_nothing_and_breaks_nothing(stall: None, typed: str) -> None:
    found = search(Query.read(typed))
    assert (found.listings, found.total, found.suggestion) == ([], 0, "")


def test_a_long_query_is_cut() -> None:
    assert len(Query.read("hạt điều " * 50).text) <= LONGEST


def test_filters_narrow_and_do_not_turn_a_found_word_into_a_slip(stall: None) -> None:
    crop = Crop.objects.get(code="cashew_roasted")
    assert search(Query.read("hat dieu"), filters=Filters(crop_id=crop.pk)).total == 3
    nothing = search(Query.read("hat dieu"), filters=Filters(price_max=10))
    assert (nothing.total, nothing.near) == (0, False)


@pytest.mark.parametrize("typed", ["cam sanh", "cam san"])
def test_the_next_page_begins_where_this_one_ends(stall: None, typed: str) -> None:
    crop = Crop.objects.get(code="mandarin")
    made = [make_product(f"Cam sành {number}", crop=crop).pk for number in range(PAGE_SIZE + 3)]
    refresh_listings(made)
    first = search(Query.read(typed))
    second = search(Query.read(typed), cursor=first.next_cursor)
    assert [listing.pk for page in (first, second) for listing in page.listings] == made[::-1]
    assert (first.total, second.total, second.next_cursor) == (len(made), len(made), "")


def test_a_given_order_replaces_relevance(stall: None) -> None:
    crop = Crop.objects.get(code="honey")
    cheap, dear = (
        make_product("Mật ong", crop=crop, price=50_000),
        make_product("Mật ong", crop=crop, price=1),
    )
    refresh_listings([cheap.pk, dear.pk])
    prices = [listing.price for listing in search(Query.read("mat ong"), sort=CHEAPEST).listings]
    assert prices == sorted(prices)
    assert len(prices) == 4

import datetime
import json
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from farmers.partner.models import Partner
from marketplace.content.models import FarmStoryPage, HomePage, InfoPage
from marketplace.pagecache.services import version
from tests.factories import anh_tam, chi_lan, htx_dong_phu, make_partner

Offer = Callable[..., object]
Tell = Callable[..., FarmStoryPage]

NOVEMBER = datetime.datetime(2026, 11, 23, 9, tzinfo=datetime.UTC)


def titles(client: Client) -> list[str]:
    return [listing.title for listing in client.get("/").context["listings"]]


def pick(home: HomePage, *products: object) -> None:
    home.picks = json.dumps([{"type": "product", "value": product.pk} for product in products])
    home.save()


@pytest.mark.django_db
def test_a_new_market_says_that_it_is_being_set_up(client: Client) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "Chợ đang dọn hàng" in page.text


def test_everybody_gets_the_same_bytes_and_may_keep_them(client: Client, offer: Offer) -> None:
    offer("Hạt điều rang củi")
    anonymous = client.get("/")
    client.force_login(chi_lan())
    known = client.get("/")
    assert anonymous.content == known.content
    assert "public" in known["Cache-Control"]
    assert not known.cookies
    assert b"csrf" not in known.content


def test_picks_come_first_and_the_newest_fill_up(client: Client, home: HomePage, offer: Offer) -> None:
    old = offer("Tiêu cũ")
    offer("Cà phê mới")
    offer("Mật ong mới hơn")
    pick(home, old)
    assert titles(client) == ["Tiêu cũ", "Mật ong mới hơn", "Cà phê mới"]


def test_a_pick_that_sold_out_gives_its_place_away(client: Client, home: HomePage, offer: Offer) -> None:
    gone = offer("Sầu riêng đã hết", stock=0)
    offer("Mít còn hàng")
    pick(home, gone)
    assert titles(client) == ["Mít còn hàng"]


def test_a_pick_that_was_taken_down_is_forgotten(client: Client, home: HomePage, offer: Offer) -> None:
    gone = offer("Đã gỡ")
    offer("Còn bán")
    pick(home, gone)
    gone.delete()
    assert titles(client) == ["Còn bán"]


def test_the_strip_shows_what_is_in_season_and_on_sale(client: Client, offer: Offer) -> None:
    offer("Chuối già", "banana")
    offer("Quýt đường", "mandarin")
    offer("Sầu riêng Ri6", "durian")
    offer("Cà phê hết rồi", "coffee_robusta", stock=0)
    with time_machine.travel(NOVEMBER, tick=False):
        page = client.get("/")
    assert [(crop.name, str(crop.note)) for crop in page.context["crops"]] == [
        ("Quýt đường", ""),
        ("Chuối", "quanh năm"),
    ]
    assert "Đang vào mùa tháng 11" in page.text
    assert page.context["crops"][0].url == "/san-pham/nhom/quyt-duong/"


def test_a_farm_that_may_not_sell_is_not_shown(client: Client, db: None) -> None:
    anh_tam()
    make_partner("Vườn bị ngưng", status=Partner.Status.SUSPENDED)
    assert [card.name for card in client.get("/").context["farms"]] == ["Nhà vườn anh Tâm"]


def test_chosen_farms_come_first(client: Client, home: HomePage) -> None:
    chosen = anh_tam()
    htx_dong_phu()
    home.chosen_farms = json.dumps([{"type": "farm", "value": chosen.pk}])
    home.save()
    assert [card.name for card in client.get("/").context["farms"]] == ["Nhà vườn anh Tâm", "HTX Đồng Phú"]


def test_queries_do_not_grow_with_the_market(
    client: Client, offer: Offer, tell: Tell, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def grow(serial: int) -> None:
        farm = make_partner(f"Vườn {serial}")
        offer(f"Hạt điều {serial}", partner=farm)
        offer(f"Quýt {serial}", "mandarin", partner=farm)
        tell(f"Chuyện {serial}", farm)

    grow(1)
    client.get("/")  # Wagtail remembers the paths of the site
    with django_assert_num_queries(FRONT_QUERIES):
        client.get("/")
    for serial in range(2, 8):
        grow(serial)
    with django_assert_num_queries(FRONT_QUERIES):
        client.get("/")


#: Wagtail's way to the page 4, season 2, products 1, farms 3 (none has a picture here), stories and plain pages 4
FRONT_QUERIES = 14


def test_plain_pages_of_the_menu_are_linked(client: Client, home: HomePage) -> None:
    home.add_child(instance=InfoPage(title="Cách mua hàng", show_in_menus=True))
    home.add_child(instance=InfoPage(title="Trang ẩn"))
    page = client.get("/").text
    assert 'href="/cach-mua-hang/"' in page
    assert "Trang ẩn" not in page
    assert client.get("/cach-mua-hang/").status_code == 200


def test_publishing_a_story_renews_the_cached_pages(
    tell: Tell, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    story = tell("Mùa tiêu chín", live=False)
    before = version()
    with django_capture_on_commit_callbacks(execute=True):
        story.save_revision().publish()
    assert version() != before

from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from wagtail.models import PageViewRestriction

from marketplace.content.models import FarmStoryPage
from tests.factories import htx_dong_phu

Offer = Callable[..., object]
Tell = Callable[..., FarmStoryPage]


def titles(page: object) -> list[str]:
    return [listing.title for listing in page.context["listings"]]


def test_products_farms_and_stories_are_found_on_one_page(client: Client, offer: Offer, tell: Tell) -> None:
    offer("Hạt điều rang", partner=htx_dong_phu())
    tell("Chuyện ở Đồng Phú")
    page = client.get("/tim-kiem/", {"q": "dong phu"})
    assert titles(page) == ["Hạt điều rang"]
    assert [seller.name for seller in page.context["sellers"]] == ["HTX Đồng Phú"]
    assert [story.title for story in page.context["stories"]] == ["Chuyện ở Đồng Phú"]
    assert 'href="/cau-chuyen/chuyen-o-dong-phu/"' in page.text


def test_stories_are_found_without_marks_and_by_their_body(client: Client, offer: Offer, tell: Tell) -> None:
    tell("Ba đời giữ vườn", body=[("heading", "Mùa điều chín đỏ")])
    page = client.get("/tim-kiem/", {"q": "dieu chin do"})
    assert [story.title for story in page.context["stories"]] == ["Ba đời giữ vườn"]


def test_drafts_and_closed_stories_are_not_found(client: Client, offer: Offer, tell: Tell) -> None:
    tell("Nháp về tiêu", live=False)
    closed = tell("Kín về tiêu")
    PageViewRestriction.objects.create(page=closed.get_parent(), restriction_type="login")
    assert not client.get("/tim-kiem/", {"q": "tieu"}).context["stories"]


def test_a_slip_offers_the_right_spelling_and_what_is_alike(client: Client, offer: Offer) -> None:
    offer("Sầu riêng Ri6", "durian")
    page = client.get("/tim-kiem/", {"q": "sau reing"})
    assert titles(page) == ["Sầu riêng Ri6"]
    assert 'href="/tim-kiem/?q=s%E1%BA%A7u%20ri%C3%AAng"' in page.text


@time_machine.travel("2026-06-10 08:00+07:00")
def test_nothing_found_offers_what_is_in_season(client: Client, offer: Offer) -> None:
    offer("Sầu riêng Ri6", "durian")
    offer("Sầu riêng Dona", "durian", stock=0)
    offer("Quýt đường", "mandarin")
    page = client.get("/tim-kiem/", {"q": "xe máy"})
    assert titles(page) == []
    assert [listing.title for listing in page.context["in_season"]] == ["Sầu riêng Ri6"]


@pytest.mark.parametrize(
    "asked", ["", "?q=", "?q=%20", "?q=" + "a" * 500, "?q=%27%22%3Cb%3E&sau=x", "?q=%00"]
)
def test_any_query_gets_a_page(client: Client, offer: Offer, asked: str) -> None:
    offer("Hạt điều")
    page = client.get(f"/tim-kiem/{asked}")
    assert page.status_code == 200
    assert "<b>" not in page.text


def test_what_was_searched_stays_in_the_box_and_in_the_filters(client: Client, offer: Offer) -> None:
    offer("Hạt điều rang")
    offer("Hạt điều mật ong")
    page = client.get("/tim-kiem/", {"q": "hạt điều", "den": "1tr"})
    assert page.text.count('value="hạt điều"') == 2
    assert len(titles(page)) == 2


def test_suggestions_name_crops_and_lead_to_products(client: Client, offer: Offer) -> None:
    product = offer("Hạt điều rang muối", price=95_000)
    answer = client.get("/tim-kiem/goi-y/", {"q": "hat d"}).json()
    assert {
        "label": "hạt điều",
        "url": "/tim-kiem/?q=h%E1%BA%A1t+%C4%91i%E1%BB%81u",
        "note": "Tìm",
    } in answer
    assert answer[-1]["url"] == product.get_absolute_url()
    assert answer[-1]["note"] == "95.000\u00a0₫ · Xã Bù Đăng"


@pytest.mark.parametrize("typed", ["", "h", "!", "zzzz"])
def test_nothing_is_suggested_for_too_little_or_nonsense(client: Client, offer: Offer, typed: str) -> None:
    offer("Hạt điều")
    assert client.get("/tim-kiem/goi-y/", {"q": typed}).json() == []

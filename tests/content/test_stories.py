from collections.abc import Callable
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries
from wagtail.test.utils.form_data import inline_formset, nested_form_data, streamfield

from farmers.partner.models import Partner
from marketplace.content.models import FarmStoryPage, StoryIndexPage
from marketplace.images.services import add_image
from tests.factories import anh_tam, chi_lan, make_partner, make_user
from tests.second_factor import sign_in_staff

Tell = Callable[..., FarmStoryPage]


def test_the_address_keeps_every_letter(tell: Tell) -> None:
    assert tell("Điều Đắk Ơ đỏ vườn").url == "/cau-chuyen/dieu-dak-o-do-vuon/"
    assert tell("Điều Đắk Ơ đỏ vườn").slug == "dieu-dak-o-do-vuon-2"


@pytest.mark.parametrize(("typed", "kept"), [("", "dieu-do-dak-o"), ("chuyen-rieng", "chuyen-rieng")])
def test_an_editor_may_leave_the_address_empty(client: Client, db: None, typed: str, kept: str) -> None:
    sign_in_staff(client, make_user(is_staff=True, is_superuser=True))
    form = {"title": "Điều đỏ Đắk Ơ", "slug": typed, "intro": "Một câu.", "body": streamfield([])}
    list_of_stories = StoryIndexPage.objects.get()
    client.post(
        reverse("wagtailadmin_pages:add", args=["content", "farmstorypage", list_of_stories.pk]),
        nested_form_data(form | {"comments": inline_formset([])}),
    )
    assert FarmStoryPage.objects.get().slug == kept


def test_a_story_shows_its_farm_and_what_it_sells(
    client: Client, tell: Tell, offer: Callable[..., object]
) -> None:
    farm = anh_tam()
    offer("Hạt điều của anh Tâm", partner=farm)
    offer("Của vườn khác", partner=make_partner("Vườn khác"))
    page = client.get(tell("Ba đời giữ vườn", farm).url)
    assert [listing.title for listing in page.context["listings"]] == ["Hạt điều của anh Tâm"]
    assert 'href="/nha-vuon/nha-vuon-anh-tam/"' in page.text
    assert "public" in page["Cache-Control"]


def test_a_story_is_the_same_bytes_for_everybody(
    client: Client, tell: Tell, offer: Callable[..., object]
) -> None:
    offer("Hạt điều của anh Tâm", partner=anh_tam())
    address = tell("Ba đời giữ vườn", anh_tam()).url
    anonymous = client.get(address)
    client.force_login(chi_lan())
    known = client.get(address)
    assert anonymous.content == known.content
    assert not known.cookies
    assert b"csrf" not in known.content


def test_a_story_of_a_suspended_farm_does_not_lead_there(client: Client, tell: Tell) -> None:
    farm = make_partner("Vườn nghỉ", status=Partner.Status.SUSPENDED)
    page = client.get(tell("Chuyện cũ", farm).url)
    assert page.status_code == 200
    assert "/nha-vuon/" not in page.text


def test_a_draft_is_for_nobody(client: Client, tell: Tell) -> None:
    draft = tell("Chưa xong", live=False)
    assert client.get(draft.url).status_code == 404
    assert "Chưa xong" not in client.get("/cau-chuyen/").text


def test_the_list_is_newest_first_and_pages(client: Client, tell: Tell) -> None:
    for serial in range(14):
        tell(f"Chuyện {serial:02}")
    first = client.get("/cau-chuyen/")
    second = client.get("/cau-chuyen/" + first.context["next_url"])
    shown = [story.title for page in (first, second) for story in page.context["stories"]]
    assert shown == [f"Chuyện {serial:02}" for serial in reversed(range(14))]
    assert second.context["next_url"] == ""


def test_a_number_that_is_no_page_shows_a_page(client: Client, tell: Tell) -> None:
    tell("Một chuyện")
    for number in ("abc", "0", "99999"):
        assert "Một chuyện" in client.get("/cau-chuyen/", {"trang": number}).text


def test_an_empty_list_says_so(client: Client, db: None) -> None:
    assert "Chưa có chuyện nào" in client.get("/cau-chuyen/").text


@pytest.mark.parametrize("pictures", [1, 4])
def test_pictures_of_a_story_cost_the_same_queries(
    client: Client, tell: Tell, pictures: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    file = BytesIO()
    Image.new("RGB", (40, 30), "green").save(file, "PNG")
    body = [("words", "<p>Hạt phơi ba nắng.</p>"), ("quote", {"words": "Giòn.", "speaker": "Anh Tâm"})]
    for serial in range(pictures):
        file.seek(0)
        body.append(("picture", {"image": add_image(file, title=f"Ảnh {serial}"), "caption": ""}))
    url = tell("Có ảnh", body=body).url
    client.get(url)
    with django_assert_num_queries(10):  # eight are Wagtail's way down the tree
        assert client.get(url).text.count("<figure>") == pictures

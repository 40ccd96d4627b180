"""The basket over HTTP: several farms, what changed is said, nothing disappears, constant queries."""

from typing import Any

import pytest
from django.contrib.auth.signals import user_logged_in
from django.test import Client, RequestFactory
from django.urls import reverse

from farmers.partner.models import StockRecord
from marketplace.checkout import baskets
from tests.checkout.shopping import SAME_ORIGIN, listed, put
from tests.factories import anh_tam, chi_lan, htx_dong_phu, make_commune, make_partner, stock_of

pytestmark = pytest.mark.django_db


def page(client: Client) -> str:
    return client.get(reverse("checkout:basket")).content.decode()


def line_of(client: Client) -> Any:
    return client.get(reverse("checkout:basket")).context["contents"].lines[0]


def change(client: Client, **data: Any) -> Any:
    return client.post(reverse("checkout:change_line", args=[line_of(client).line.pk]), data)


def test_a_guest_fills_a_basket_from_two_farms(client: Client) -> None:
    put(client, listed("Hạt điều rang muối", partner=anh_tam(), price=95_000), 2)
    put(client, listed("Tiêu đen", partner=htx_dong_phu(), price=80_000))
    contents = client.get(reverse("checkout:basket")).context["contents"]
    assert [parcel.partner.name for parcel in contents.parcels] == ["Nhà vườn anh Tâm", "HTX Đồng Phú"]
    assert (contents.packs, contents.goods_total) == (3, 270_000)
    assert client.cookies[baskets.COUNT_COOKIE].value == "3"


def test_the_same_product_again_adds_up(client: Client) -> None:
    product = listed()
    put(client, product, 2)
    put(client, product, 3)
    assert line_of(client).quantity == 5


def test_an_empty_basket_leads_to_the_produce(client: Client) -> None:
    assert reverse("catalogue:index") in page(client)


@pytest.mark.parametrize(
    "headers",
    [
        {"HTTP_SEC_FETCH_SITE": "cross-site"},
        {"HTTP_ORIGIN": "https://evil.test"},
        {"HTTP_REFERER": "https://evil.test/testserver"},
        {"HTTP_ACCEPT": "*/*"},
    ],
)
def test_another_site_cannot_fill_my_basket(client: Client, headers: dict[str, str]) -> None:
    assert put(client, listed(), **headers).status_code == 403
    assert client.get(reverse("checkout:basket")).context["contents"].is_empty


def test_an_old_browser_is_believed_by_its_referer(client: Client) -> None:
    assert put(client, listed(), HTTP_REFERER="http://testserver/san-pham/").status_code == 302
    assert line_of(client).quantity == 1


def test_what_sold_out_is_said_and_stays(client: Client) -> None:
    product = listed("Hạt điều rang muối", stock=1)
    put(client, product)
    StockRecord.objects.update(num_allocated=1)
    assert not line_of(client).can_buy
    assert "Hạt điều rang muối" in page(client) and "Đã hết hàng" in page(client)
    assert reverse("checkout:checkout") not in page(client)


def test_fewer_left_than_wanted_names_the_number(client: Client) -> None:
    put(client, listed(stock=5), 5)
    StockRecord.objects.update(num_allocated=2)
    assert "Chỉ còn 3 gói" in page(client)
    change(client, quantity=3)
    assert line_of(client).can_buy


def test_a_changed_price_is_said_until_the_line_is_touched(client: Client) -> None:
    product = listed(price=95_000)
    put(client, product)
    StockRecord.objects.update(price=99_000)
    line = line_of(client)
    assert line.can_buy and line.total == 99_000
    assert "95.000" in line.problem and "99.000" in line.problem
    change(client, quantity=2)
    assert line_of(client).problem == ""


def test_what_the_seller_paused_cannot_be_bought(client: Client) -> None:
    put(client, listed())
    StockRecord.objects.update(is_paused=True)
    assert not line_of(client).can_buy


def test_a_line_taken_out_can_be_put_back(client: Client) -> None:
    product = listed("Hạt điều rang muối")
    put(client, product, 3)
    answer = change(client, remove="1", quantity=3)
    assert client.get(reverse("checkout:basket")).context["contents"].is_empty
    offered = client.get(answer.url).context["removed"]
    assert (offered["title"], offered["packs"]) == ("Hạt điều rang muối", "3")


def test_nonsense_packs_change_nothing_and_are_answered(client: Client) -> None:
    put(client, listed(), 2)
    change(client, quantity="nhiều")
    assert "Nhập số gói" in page(client)
    assert line_of(client).quantity == 2


@pytest.mark.parametrize(("packs", "said"), [(0, "ít nhất một gói"), (1000, "999 gói"), ("ba", "số gói")])
def test_packs_that_cannot_be_put_in_are_answered_in_words(client: Client, packs: Any, said: str) -> None:
    answer = put(client, listed(), packs)
    assert answer.url == reverse("checkout:basket")
    assert said in page(client)
    assert client.get(reverse("checkout:basket")).context["contents"].is_empty


def test_the_script_does_not_say_added_where_nothing_was(client: Client) -> None:
    StockRecord.objects.filter(product=(product := listed()).pk).update(is_paused=True)
    answer = put(client, product, **SAME_ORIGIN, HTTP_X_REQUESTED_WITH="fetch")
    assert answer.status_code == 422
    assert "hết hàng" not in page(client)


@pytest.mark.parametrize("number", ["²", "٣", "-1", "9" * 30])
def test_what_is_no_product_offers_nothing_to_undo(client: Client, number: str) -> None:
    answer = client.get(reverse("checkout:basket"), {"bo": number, "goi": number})
    assert (answer.status_code, answer.context["removed"]) == (200, None)


def test_a_stranger_cannot_touch_my_line(client: Client) -> None:
    put(client, listed(), 2)
    pk = line_of(client).line.pk
    other = Client()
    put(other, listed())
    other.post(reverse("checkout:change_line", args=[pk]), {"quantity": 0})
    assert line_of(client).quantity == 2


def test_a_forged_cookie_opens_nobodys_basket(client: Client) -> None:
    put(client, listed())
    other = Client()
    other.cookies[baskets.COOKIE] = "1:forged"
    assert other.get(reverse("checkout:basket")).context["contents"].is_empty


def test_the_guests_basket_joins_the_account_at_login(client: Client, rf: RequestFactory) -> None:
    product, lan, known = listed(), chi_lan(), Client()
    known.force_login(lan)
    put(known, product, 1)
    put(client, product, 2)
    request = rf.post("/")
    request.COOKIES[baskets.COOKIE] = client.cookies[baskets.COOKIE].value
    request.user = lan
    user_logged_in.send(type(lan), request=request, user=lan)
    assert line_of(known).quantity == 3
    assert client.get(reverse("checkout:basket")).context["contents"].is_empty


def test_as_many_lines_as_you_like_cost_the_same_queries(
    client: Client, django_assert_num_queries: Any
) -> None:
    counts = []
    for number in (1, 5, 15):
        visitor = Client()
        for at in range(number):
            commune = make_commune("25396")
            partner = make_partner(f"Vườn {number} {at % 5}", commune=commune)
            put(visitor, listed(partner=partner))
        with django_assert_num_queries(12, exact=False) as captured:
            page(visitor)
        counts.append(len(captured))
    assert counts[0] == counts[1] == counts[2]


def test_putting_in_costs_few_queries(client: Client, django_assert_max_num_queries: Any) -> None:
    product = listed()
    with django_assert_max_num_queries(10):
        put(client, product)
    assert stock_of(product).num_allocated == 0

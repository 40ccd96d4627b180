"""The one page between basket and order, over HTTP, mostly as a guest without a script."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from farmers.partner.models import StockRecord
from marketplace.checkout import baskets
from marketplace.messaging.models import Message
from marketplace.order.models import Order, ShippingAddress
from marketplace.shipping.loading import load_tariff
from payments.models import Payment
from tests.checkout.shopping import answers, ask_shipping, listed, open_checkout, order, press, put
from tests.factories import (
    anh_tam,
    chi_lan,
    htx_dong_phu,
    make_commune,
    make_crop,
    stock_of,
)

pytestmark = pytest.mark.django_db
PAGE = "/thanh-toan/"


@pytest.fixture(autouse=True)
def _market() -> None:
    load_tariff()
    make_commune("00004")


@pytest.fixture
def lan(client: Client) -> Client:
    """A guest with two packs of cashew and one of pepper."""
    put(client, listed("Hạt điều rang", partner=anh_tam(), price=95_000), 2)
    put(client, listed("Tiêu đen", partner=htx_dong_phu(), price=120_000), 1)
    return client


# --- ordering ---------------------------------------------------------------------------------------------
def test_a_guest_orders_from_two_farms_and_is_led_to_the_qr_code(lan: Client) -> None:
    response = order(lan)
    placed = Order.objects.get()
    assert response.url == reverse("payments:pay", args=[placed.number])
    assert [parcel.goods_total for parcel in placed.seller_orders.order_by("pk")] == [190_000, 120_000]
    assert placed.user is None
    assert placed.phone == "+84912000001"
    address = ShippingAddress.objects.get()
    assert address.place == "12 Hoàng Diệu, Phường Ba Đình, Hà Nội"
    payment = Payment.objects.get()
    assert (payment.provider, payment.amount) == ("vietqr", placed.total)
    assert lan.get(response.url).status_code == 200


def test_cash_at_the_door_leads_to_the_order(lan: Client) -> None:
    response = order(lan, payment="cash_on_delivery")
    placed = Order.objects.get()
    assert response.url == reverse("tracking:order", args=[placed.number])
    assert placed.status == Order.Status.CONFIRMED
    assert "seller_new_order" in Message.objects.values_list("kind", flat=True)


def test_the_basket_is_empty_afterwards_and_the_page_leads_back_to_it(lan: Client) -> None:
    order(lan)
    assert lan.cookies[baskets.COUNT_COOKIE].value == "0"
    assert lan.get(PAGE).url == reverse("checkout:basket")


def test_others_do_not_see_the_order(lan: Client) -> None:
    response = order(lan, payment="cash_on_delivery")
    assert lan.get(response.url).status_code == 200
    assert Client().get(response.url).status_code == 404


def test_an_account_keeps_its_order_and_fills_in_the_next_one(client: Client) -> None:
    client.force_login(chi_lan())
    product = listed(stock=9)
    put(client, product)
    order(client)
    assert Order.objects.get().user == chi_lan()
    again = Client()
    again.force_login(chi_lan())
    put(again, product)
    form = open_checkout(again)
    values = {name: form[name].value() for name in ("name", "phone", "line1", "commune")}
    assert values == {
        "name": "Nguyễn Thị Lan",
        "phone": "0912 000 001",
        "line1": "12 Hoàng Diệu",
        "commune": "00004",
    }


def test_a_guest_types_nothing_twice_in_the_same_browser(lan: Client) -> None:
    order(lan, note="Gọi trước khi giao")
    put(lan, listed())
    form = open_checkout(lan)
    assert form["name"].value() == "Nguyễn Thị Lan"
    assert form.destination == make_commune("00004")
    assert form.sum_to_agree is not None


# --- double tap, refresh, back ------------------------------------------------------------------------------
def test_the_same_form_sent_again_gets_the_same_answer(lan: Client) -> None:
    data = answers(ask_shipping(lan))
    first, second = lan.post(PAGE, data), lan.post(PAGE, data | {"name": "Ai đó khác"})
    assert first.url == second.url
    assert Order.objects.count() == Payment.objects.count() == 1
    assert Message.objects.filter(kind="order_placed").count() == 1


def test_an_old_form_leaves_the_basket_that_was_begun_since(lan: Client) -> None:
    data = answers(ask_shipping(lan))
    placed = lan.post(PAGE, data).url
    put(lan, listed("Tiêu sọ"), 2)
    again = lan.post(PAGE, data)
    assert (again.url, again.cookies["basket_count"].value) == (placed, "2")
    assert "Tiêu sọ" in lan.get(reverse("checkout:basket")).content.decode()
    assert Order.objects.count() == 1


def test_a_second_window_cannot_order_the_same_basket_again(lan: Client) -> None:
    first, second = answers(ask_shipping(lan)), answers(ask_shipping(lan))
    assert first["token"] != second["token"]
    lan.post(PAGE, first)
    assert lan.post(PAGE, second).url == reverse("checkout:basket")
    assert Order.objects.count() == 1


def test_a_token_stays_while_the_form_is_put_right(lan: Client) -> None:
    data = answers(open_checkout(lan), name="")
    again = press(lan, data).context["form"]
    assert str(again.submission_token) == data["token"]


def test_a_refused_form_is_shown_by_a_get_so_that_back_and_refresh_are_safe(lan: Client) -> None:
    assert lan.post(PAGE, answers(open_checkout(lan), name="")).url == PAGE
    assert "name" in lan.get(PAGE).context["form"].errors
    refreshed = lan.get(PAGE).context["form"]
    assert not refreshed.errors
    assert refreshed["line1"].value() == "12 Hoàng Diệu"


def test_a_note_is_not_carried_to_the_next_order(lan: Client) -> None:
    order(lan, note="Gọi trước khi giao")
    put(lan, listed())
    assert not open_checkout(lan)["note"].value()


@pytest.mark.parametrize("token", ["", "nonsense"])
def test_a_lost_token_is_replaced_and_nothing_is_placed(lan: Client, token: str) -> None:
    response = press(lan, answers(ask_shipping(lan), token=token))
    assert isinstance(response.context["form"].submission_token, uuid.UUID)
    assert not Order.objects.exists()


# --- what is wrong is said where it is, and nothing is lost ---------------------------------------------------
def test_every_error_stands_beside_its_field_and_nothing_is_retyped(lan: Client) -> None:
    response = press(
        lan,
        answers(open_checkout(lan), name="", phone="12345", email="lan@", payment="", note="Gói kỹ giúp nhé"),
    )
    html = response.content.decode()
    assert set(response.context["form"].errors) == {"name", "phone", "email", "payment"}
    for field in ("name", "phone", "email", "payment"):
        assert f'id="id_{field}_error"' in html
    for typed in ("12345", "lan@", "12 Hoàng Diệu", "Gói kỹ giúp nhé", "Phường Ba Đình, Hà Nội"):
        assert typed in html
    assert 'role="alert"' in html
    assert not Order.objects.exists()


def test_a_code_without_a_place_is_asked_for_in_words(lan: Client) -> None:
    order(lan, place="")
    assert "place" in lan.get(PAGE).context["form"].errors


def test_the_shipping_is_seen_before_anything_is_ordered(lan: Client) -> None:
    """Without a script the place becomes known with the first press: the sum has to be seen first."""
    response = press(lan, answers(open_checkout(lan)))
    assert not Order.objects.exists()
    assert "Đã tính xong phí giao hàng" in response.content.decode()
    press(lan, answers(response.context["form"]))
    assert Order.objects.count() == 1


def test_asking_for_the_shipping_blames_no_empty_field(client: Client) -> None:
    put(client, listed())
    place = "Phường Ba Đình, Hà Nội"
    form = press(client, {"place": place, "update": "1", "commune": "00004"}).context["form"]
    assert not form.errors
    assert form.sum_to_agree == 95_000 + 37_000


def test_a_place_with_a_common_name_is_chosen_by_radio_button(lan: Client) -> None:
    form = ask_shipping(lan, place="xyz", commune="", place_typed="")
    assert "place" in form.errors
    assert form.sum_to_agree is None


def test_shipping_is_shown_as_a_share_of_the_goods(lan: Client) -> None:
    html = press(lan, answers(open_checkout(lan), update="1")).content.decode()
    # 46.000 of 190.000 and 37.000 of 120.000
    assert "bằng 24 % tiền hàng" in html
    assert "bằng 31 % tiền hàng" in html


# --- the market moves while somebody types --------------------------------------------------------------------
def test_a_changed_price_is_said_and_has_to_be_agreed_to(client: Client) -> None:
    product = listed(price=95_000)
    put(client, product)
    data = answers(ask_shipping(client))
    StockRecord.objects.update(price=99_000)
    response = press(client, data)
    html = response.content.decode()
    assert not Order.objects.exists()
    assert "Tổng tiền đã khác lúc bạn xem" in html
    assert "99.000" in html
    press(client, answers(response.context["form"]))
    assert Order.objects.get().goods_total == 99_000


def test_all_that_sold_out_meanwhile_is_said_at_once(client: Client) -> None:
    few, gone = listed(stock=9), listed(stock=9)
    put(client, few, 3)
    put(client, gone, 3)
    data = answers(ask_shipping(client))
    StockRecord.objects.filter(product=few).update(num_in_stock=2)
    StockRecord.objects.filter(product=gone).update(is_paused=True)
    response = press(client, data)
    problems = [line.problem for line in response.context["form"].contents.lines]
    assert len([problem for problem in problems if problem]) == 2
    assert not Order.objects.exists()
    assert stock_of(few).num_allocated == 0


def test_fresh_fruit_is_refused_where_it_would_spoil(client: Client) -> None:
    durian = make_crop("durian", name="Sầu riêng", keeps_days=4)
    put(client, listed("Sầu riêng Ri6", crop=durian, pack_grams=3_000))
    assert order(client).url == PAGE
    response = client.get(PAGE)
    assert "Sầu riêng Ri6 chỉ giữ được 4 ngày" in response.content.decode()
    assert not Order.objects.exists()


def test_too_much_for_cash_at_the_door_has_to_be_paid_otherwise(client: Client) -> None:
    put(client, listed(price=2_000_000, stock=9), 2)
    order(client, payment="cash_on_delivery")
    assert "payment" in client.get(PAGE).context["form"].errors
    order(client, payment="vietqr")
    assert Order.objects.get().payment_method == "vietqr"


# --- small ----------------------------------------------------------------------------------------------------
def test_the_page_is_nobody_elses(lan: Client) -> None:
    response = lan.get(PAGE)
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response or "private" in response["Cache-Control"]


def test_an_empty_basket_leads_to_the_basket(client: Client) -> None:
    assert client.get(PAGE).url == reverse("checkout:basket")

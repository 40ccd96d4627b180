"""The buyer's pages about an order: who gets in, and what the five steps say."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.order.links import order_link
from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import expire, mark_paid, move
from marketplace.tracking.steps import steps
from tests.factories import anh_tam, chi_lan, htx_dong_phu, make_order, make_product, make_staff, stranger
from tests.tracking.finding import find

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    return make_order((make_product(partner=anh_tam()), 2), (make_product(partner=htx_dong_phu()), 1))


def address(order: Order) -> str:
    return reverse("tracking:order", args=[order.number])


def states(order: Order, at: int = 0, **kwargs: bool) -> str:
    parcel = order.seller_orders.order_by("pk")[at]
    return " ".join(
        step.state or "-" for step in steps(parcel, pays_on_delivery=kwargs.get("at_the_door", False))
    )


def test_a_stranger_sees_nothing(client: Client, order: Order) -> None:
    assert client.get(address(order)).status_code == 404
    client.force_login(stranger())
    assert client.get(address(order)).status_code == 404


def test_staff_see_every_order(client: Client, order: Order) -> None:
    client.force_login(make_staff())
    assert client.get(address(order)).status_code == 200


def test_the_link_of_a_message_opens_the_order_and_leaves_the_address_bar(
    client: Client, order: Order
) -> None:
    answer = client.get(order_link(order), follow=True)
    assert answer.redirect_chain == [(address(order), 302)]
    assert order.number[:4] in answer.content.decode()


def test_a_made_up_link_leads_to_the_form(client: Client, order: Order) -> None:
    assert client.get(order_link(order)[:-2] + "xx").url == reverse("tracking:find")
    assert client.get(address(order)).status_code == 404


def test_a_link_opens_its_own_order_only(client: Client, order: Order) -> None:
    other = make_order((make_product(), 1))
    key = order_link(order).partition("?")[2]
    client.get(f"{address(other)}?{key}")
    assert client.get(address(other)).status_code == 404


def test_number_and_digits_let_a_guest_in(client: Client, order: Order) -> None:
    spaced = f"{order.number[:4]} {order.number[4:]}"
    assert find(client, spaced, order.phone[-4:]).url == address(order)
    assert client.get(address(order)).status_code == 200
    assert order in client.get(reverse("tracking:find")).context["orders"]


def test_wrong_digits_are_refused_and_what_was_typed_stays(client: Client, order: Order) -> None:
    answer = find(client, order.number, "9999" if order.phone[-4:] != "9999" else "8888")
    assert answer.status_code == 422
    assert f'value="{order.number}"' in answer.content.decode()
    assert client.get(address(order)).status_code == 404


def test_a_slip_in_the_number_is_noticed_without_looking_it_up(client: Client, order: Order) -> None:
    slip = order.number[:-1] + str((int(order.number[-1]) + 1) % 10)
    assert "number" in find(client, slip, order.phone[-4:]).context["form"].errors


def test_guessing_digits_is_stopped(client: Client, order: Order) -> None:
    answers = [find(client, order.number, f"{guess:04}").status_code for guess in range(15)]
    assert answers[-1] == 429
    assert find(client, order.number, order.phone[-4:]).status_code == 429


def test_another_way_of_writing_the_number_is_no_way_round(client: Client, order: Order) -> None:
    """Neither for each number, nor from many addresses."""
    for guess in range(12):
        written = " " * (guess % 6) + order.number[:4] + " " * (guess // 6) + order.number[4:]
        answer = find(client, written, f"{guess:04}", REMOTE_ADDR=f"203.0.113.{guess}")
    assert answer.status_code == 429


def test_the_account_lists_its_own_orders(client: Client, order: Order) -> None:
    lan = chi_lan()
    Order.objects.filter(pk=order.pk).update(user=lan)
    client.force_login(lan)
    assert list(client.get(reverse("tracking:find")).context["orders"]) == [order]
    client.force_login(stranger())
    assert list(client.get(reverse("tracking:find")).context["orders"]) == []


def test_five_steps_follow_each_parcel_on_its_own(order: Order) -> None:
    assert states(order) == "done current - - -"
    mark_paid(order, amount=150_000)
    assert states(order) == "done done current - -"
    parcel = order.seller_orders.order_by("pk")[0]
    move(parcel, SellerOrder.Status.PACKING)
    move(parcel, SellerOrder.Status.HANDED_OVER, carrier="Viettel Post", tracking_number="1188")
    assert states(order) == "done done done current -"
    assert states(order, at=1) == "done done current - -"
    parcel.refresh_from_db()
    assert steps(parcel, pays_on_delivery=False)[3].words == "Viettel Post 1188"
    move(parcel, SellerOrder.Status.DELIVERED)
    assert states(order) == "done done done done done"


def test_at_the_door_the_sellers_word_comes_before_the_money() -> None:
    order = make_order((make_product(), 1), pays_on_delivery=True)
    assert states(order, at_the_door=True) == "done current - - -"
    move(order.seller_orders.get(), SellerOrder.Status.PACKING)
    assert states(order, at_the_door=True) == "done done current - -"


def test_an_order_that_ended_says_why(order: Order) -> None:
    expire(order)
    assert states(order) == "done stopped"


def test_the_page_costs_the_same_however_many_farms(client: Client, django_assert_num_queries: Any) -> None:
    client.force_login(make_staff())
    one = make_order((make_product(), 1))
    two = make_order((make_product(partner=anh_tam()), 1), (make_product(partner=htx_dong_phu()), 1))
    with django_assert_num_queries(14, exact=False) as first:
        client.get(address(one))
    with django_assert_num_queries(14, exact=False) as second:
        client.get(address(two))
    assert len(first) == len(second)

"""Placing an order is one transaction: all of it, or nothing and every reason at once."""

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farmers.partner.exceptions import InsufficientStock, Shortage
from marketplace.messaging.models import Message
from marketplace.order.models import Line, Order, Reservation, SellerOrder
from marketplace.order.numbers import is_number, is_parcel_number
from marketplace.order.services import place_order
from tests.factories import (
    anh_tam,
    htx_dong_phu,
    make_order,
    make_partner,
    make_placement,
    make_product,
    stock_of,
)

pytestmark = pytest.mark.django_db


def check_deferred() -> None:
    """What COMMIT would check, without ending the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_each_seller_gets_its_own_part() -> None:
    cashew = make_product(partner=anh_tam(), price=95_000)
    pepper = make_product(partner=htx_dong_phu(), price=120_000)
    order = make_order((cashew, 2), (pepper, 1))
    tam, htx = order.seller_orders.order_by("pk")
    assert is_number(order.number)
    assert is_parcel_number(tam.number) and is_parcel_number(htx.number)
    assert len({order.number, tam.number[1:], htx.number[1:]}) == 3
    assert (tam.partner, tam.goods_total, tam.shipping_total, tam.total) == (
        anh_tam(),
        190_000,
        30_000,
        220_000,
    )
    assert (htx.partner, htx.total) == (htx_dong_phu(), 150_000)
    assert (order.total, order.goods_total, order.shipping_total) == (370_000, 310_000, 60_000)
    assert [line.title for line in tam.lines.all()] == [cashew.title]


def test_an_order_waits_for_its_money_and_holds_its_goods() -> None:
    product = make_product(stock=5)
    order = make_order((product, 2))
    reservation = Reservation.objects.get()
    assert order.status == Order.Status.PENDING_PAYMENT
    assert order.seller_orders.get().status == SellerOrder.Status.AWAITING_PAYMENT
    assert (order.expires_at - order.date_placed).total_seconds() == 20 * 60
    assert (reservation.quantity, reservation.state, reservation.expires_at) == (2, "held", order.expires_at)
    assert stock_of(product).net_stock_level == 3


def test_cash_at_the_door_starts_the_sellers_and_gives_them_a_day() -> None:
    order = make_order(payment_method="cash_on_delivery", pays_on_delivery=True)
    assert order.status == Order.Status.CONFIRMED
    assert order.seller_orders.get().status == SellerOrder.Status.NEW
    assert (order.expires_at - order.date_placed).total_seconds() == 24 * 3600
    assert set(Message.objects.values_list("kind", flat=True)) == {"order_placed", "seller_new_order"}


def test_a_seller_hears_of_a_transfer_only_once_it_has_come() -> None:
    make_order()
    assert list(Message.objects.values_list("kind", flat=True)) == ["order_placed"]


def test_all_short_lines_are_told_at_once_and_nothing_stays() -> None:
    plenty, few, none = make_product(stock=9), make_product(stock=1), make_product(stock=0)
    placement = make_placement((plenty, 3), (few, 2), (none, 1))
    with pytest.raises(InsufficientStock) as short, transaction.atomic():
        place_order(placement)
    assert set(short.value.shortages) == {
        Shortage(stockrecord_id=stock_of(few).pk, wanted=2, left=1),
        Shortage(stockrecord_id=stock_of(none).pk, wanted=1, left=0),
    }
    assert not Order.objects.exists()
    assert not Message.objects.exists()
    assert stock_of(plenty).num_allocated == 0


def test_what_is_paused_or_of_a_suspended_seller_is_not_sold() -> None:
    for product in (make_product(is_paused=True), make_product(partner=make_partner(status="suspended"))):
        with pytest.raises(InsufficientStock), transaction.atomic():
            make_order((product, 1))


def test_a_token_makes_one_order() -> None:
    placement = make_placement()
    place_order(placement)
    with pytest.raises(IntegrityError), transaction.atomic():
        place_order(placement)
    assert Order.objects.count() == 1


def test_many_farms_and_lines_take_the_same_few_statements(django_assert_num_queries) -> None:
    def statements(farms: int, lines: int) -> int:
        wanted = [
            (make_product(partner=partner), 1)
            for partner in (make_partner() for _ in range(farms))
            for _ in range(lines)
        ]
        placement = make_placement(*wanted)
        with django_assert_num_queries(15 + farms * lines, exact=False) as seen:
            place_order(placement)
        return len(seen)

    statements(1, 1)  # the process's first one
    # one conditional UPDATE per stock record is all that grows
    assert statements(3, 2) - statements(1, 1) == 5


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    farms=st.lists(
        st.lists(
            st.tuples(st.integers(1, 9_999_999), st.integers(1, 40)),
            min_size=1,
            max_size=4,
        ),
        min_size=1,
        max_size=4,
    )
)
def test_parts_add_up_to_the_order_to_the_dong(db: None, farms: list[list[tuple[int, int]]]) -> None:
    with transaction.atomic():
        wanted = []
        for lines in farms:
            partner = make_partner()
            wanted += [
                (make_product(partner=partner, price=price, stock=quantity), quantity)
                for price, quantity in lines
            ]
        order = make_order(*wanted)
        check_deferred()
        parts = list(order.seller_orders.prefetch_related("lines"))
        goods = sum(price * quantity for lines in farms for price, quantity in lines)
        assert order.total == sum(part.total for part in parts) == goods + 30_000 * len(farms)
        for part in parts:
            assert part.goods_total == sum(line.line_price_incl_tax for line in part.lines.all())
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("break_it", "named"),
    [
        (
            lambda order: Order.objects.update(total_incl_tax=1, total_excl_tax=1),
            "seller_orders_add_up_to_order",
        ),
        (
            lambda order: SellerOrder.objects.update(shipping_total=1, total=95_001),
            "seller_orders_add_up_to_order",
        ),
        (lambda order: Line.objects.update(line_price_incl_tax=94_999), "lines_add_up_to_seller_order"),
        (lambda order: Line.objects.all().delete(), "lines_add_up_to_seller_order"),
    ],
)
def test_postgresql_refuses_parts_that_do_not_add_up(break_it, named: str) -> None:
    order = make_order()
    check_deferred()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        break_it(order)
        check_deferred()
    assert refused.value.__cause__.diag.constraint_name == named

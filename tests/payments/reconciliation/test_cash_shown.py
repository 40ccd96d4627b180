"""Where a farmer and the staff read how far the cash of a parcel has come."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from marketplace.order.models import SellerOrder
from marketplace.order.services import move, refuse_at_door
from payments.cash import count_cash
from tests.payments.claims.sold import cash_order, load_money_rules, tams
from tests.payments.desk.people import chi_thu, farm, signed_in, text
from tests.payments.orders import make_payment
from tests.payments.reconciliation.files import applied, bank_csv, xlsx
from tests.payments.reconciliation.test_carriers import CARRIER, HEAD, TODAY

pytestmark = pytest.mark.django_db
COLLECT = "Thu hộ khi giao"


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()


def told(parcel: SellerOrder, name: str = "order") -> str:
    return " ".join(text(farm(), f"workspace:{name}", parcel.number).split())


def at_the_desk(parcel: SellerOrder) -> str:
    return " ".join(text(signed_in(chi_thu()), "desk:payment", parcel.order.payments.get().reference).split())


def delivered(parcel: SellerOrder) -> None:
    move(parcel, SellerOrder.Status.DELIVERED)
    count_cash({"seller_order": parcel.pk})


def handed_over(parcel: SellerOrder) -> None:
    applied(
        xlsx(HEAD, [parcel.number, parcel.due, 0, TODAY]), kind="carrier", carrier=CARRIER, name="vtp.xlsx"
    )


def arrived(parcel: SellerOrder) -> None:
    applied(bank_csv(f"{TODAY};FT5;;{parcel.due};VIETTELPOST tra COD"))


def test_farm_and_desk_follow_it_from_the_door_to_the_bank() -> None:
    parcel = tams(cash_order())
    cash = f"{parcel.due:,} ₫".replace(",", ".")
    steps: list[tuple[Callable[[SellerOrder], object], str, str]] = [
        (lambda _: None, f"Sẽ thu {cash} khi giao hàng", "chưa thu"),
        (
            lambda _: [move(parcel, step, carrier=CARRIER) for step in ("packing", "handed_over")],
            f"{CARRIER} sẽ thu {cash} khi giao",
            "chưa thu",
        ),
        (delivered, f"{CARRIER} đã thu {cash} nhưng chưa nộp cho chợ", "đã thu khi giao"),
        (handed_over, f"{CARRIER} đã lập bảng nộp cho chợ", "hãng đã lập bảng nộp"),
        (arrived, f"{CARRIER} đã nộp, tiền đã về", "tiền đã về ngân hàng"),
    ]
    for step, to_the_farm, to_the_desk in steps:
        step(parcel)
        assert to_the_farm in told(parcel)
        assert to_the_farm in told(parcel, "money_order")
        assert f"tiền mặt {cash}: {to_the_desk}" in at_the_desk(parcel)
    page = at_the_desk(parcel)
    assert f"{parcel.number} có trong bảng thu hộ của hãng" in page
    assert f"Ngân hàng đã báo tiền của bảng thu hộ có {parcel.number}" in page
    assert "vtp.xlsx" in page


def test_what_the_farm_took_itself_it_keeps() -> None:
    parcel = tams(cash_order(to="handed_over", carrier="Nhà vườn tự giao"))
    assert "người giao kiện hàng thu hộ bạn" in told(parcel)
    delivered(parcel)
    assert "tiền này bạn giữ" in told(parcel)
    said = told(parcel, "money_order")
    assert "cầm: 130.000 ₫" in said
    assert "tiền này bạn giữ" not in said  # said once, with what comes off


@pytest.mark.parametrize("end", ["delivered", "refused", "cancelled", "paid"])
def test_nothing_is_to_be_collected_of_what_has_arrived_ended_or_was_paid(end: str) -> None:
    parcel = tams(cash_order(to="" if end == "cancelled" else "handed_over"))
    assert COLLECT in told(parcel)
    if end == "delivered":
        delivered(parcel)
    elif end == "refused":
        refuse_at_door(parcel, actor=None)
    elif end == "cancelled":
        move(parcel, SellerOrder.Status.CANCELLED, note="Hết hàng")
    else:
        type(parcel.order).objects.filter(pk=parcel.order_id).update(paid_at=parcel.created_at)
    page = told(parcel)
    assert COLLECT not in page
    assert ("Khách đã trả" in page) == (end == "paid")


def test_no_cash_is_spoken_of_where_none_was_to_be_taken() -> None:
    parcel = make_payment().order.seller_orders.get()
    assert "tiền mặt 150.000" not in at_the_desk(parcel)


def test_the_farms_page_costs_little_more_for_it(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    parcel = tams(cash_order(to="delivered"))
    client, page = farm(), reverse("workspace:order", args=[parcel.number])
    client.get(page)
    with django_assert_max_num_queries(16):
        client.get(page)

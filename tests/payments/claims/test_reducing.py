"""Less comes than was ordered: what was paid goes back, what is paid at the door is collected less."""

from typing import Any

import pytest

from farmers.workspace.order_sheet import sheet_of
from marketplace.messaging.models import Message
from marketplace.order.models import Order, Reduction, SellerOrder
from marketplace.order.services import move
from payments.audit.services import find_differences
from payments.cash import count_cash
from payments.claims.exceptions import NotNow, TooShort
from payments.claims.reducing import reduce_line
from payments.dues import owed
from payments.ledger.accounts import balance, cash_in_transit, owed_to
from payments.models import Payment, Refund
from payments.parcel_refunds import give_back_parcel
from tests.factories import anh_tam, make_order, make_product, stock_of
from tests.payments.claims.sold import cash_order, load_money_rules, moved, paid_order, tams

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()


def short(order: Order, **missing: int) -> Reduction:
    owner = anh_tam().members.get().user
    return reduce_line(tams(order).lines.get(), reason="mưa làm hỏng", by=owner, **missing)


def test_a_missing_pack_that_was_paid_comes_back_with_its_commission_and_tax() -> None:
    order = paid_order(to="packing")
    row = short(order, packs=1)
    refund = Refund.objects.get()
    assert (row.amount, row.was_paid, refund.amount, refund.kind) == (25_000, True, 25_000, "line")
    assert refund.lines.get().packs == 1
    # 75.000 of goods less 3 % and 1,5 %
    assert owed_to(anh_tam()) == 75_000 - 2_250 - 1_125
    assert Message.objects.get(kind="parcel_reduced").context["was_paid"] is True
    assert find_differences() == []


def test_grams_short_come_back_by_their_share() -> None:
    assert short(paid_order(packs=3, price=33_333), grams=100).amount == 6_667


@pytest.mark.parametrize("steps", [[100, 100, 100], [1, 299], [33, 33, 234]])
def test_parts_sum_to_the_share_of_the_whole(steps: list[int]) -> None:
    order = paid_order(packs=3, price=33_333)
    assert sum(short(order, grams=grams).amount for grams in steps) == 20_000
    assert find_differences() == []


def test_at_the_door_less_is_collected() -> None:
    order = cash_order(to="packing")
    short(order, packs=1)
    short(order, grams=100)
    parcel = tams(order)
    assert (parcel.total, parcel.due, owed(order)) == (130_000, 100_000, 100_000)
    assert sheet_of(parcel).to_collect == 100_000
    move(parcel, "handed_over", carrier="Viettel Post")
    move(parcel, "delivered")
    count_cash({"seller_order": parcel.pk})
    payment = Payment.objects.get()
    assert (payment.received, payment.state) == (100_000, "confirmed")
    assert balance(cash_in_transit("Viettel Post")) == 100_000
    # 70.000 of goods less 3 % and 1,5 %, and the freight
    assert owed_to(anh_tam()) == 70_000 - 2_100 - 1_050 + 30_000
    assert not Refund.objects.exists()
    assert find_differences() == []


def test_missing_packs_are_not_put_on_sale_again() -> None:
    order = paid_order(to="packing")
    product = tams(order).lines.get().product
    short(order, packs=1)
    record = stock_of(product)
    assert (record.num_in_stock, record.num_allocated) == (3, 3)
    move(tams(order), "handed_over", carrier="x")
    record = stock_of(product)
    assert (record.num_in_stock, record.num_allocated) == (0, 0)


def test_a_cancellation_afterwards_gives_back_the_rest() -> None:
    order = paid_order(to="packing")
    short(order, packs=3)
    move(tams(order), "cancelled", note="hết hàng")
    give_back_parcel({"seller_order": tams(order).pk})
    assert sorted(Refund.objects.values_list("amount", flat=True)) == [55_000, 75_000]
    assert stock_of(tams(order).lines.get().product).num_in_stock == 1
    assert find_differences() == []


@pytest.mark.parametrize("steps", [[1_000], [400, 600], [499, 500, 1], [1_499]])
def test_as_many_packs_as_the_weight_makes_are_not_put_on_sale_again(steps: list[int]) -> None:
    order = paid_order(to="packing")  # four packs of 500 g
    for grams in steps:
        short(order, grams=grams)
    move(tams(order), "cancelled", note="hết hàng")
    give_back_parcel({"seller_order": tams(order).pk})
    record = stock_of(tams(order).lines.get().product)
    assert (record.num_in_stock, record.num_allocated) == (2, 0)
    assert find_differences() == []


def test_one_of_two_lines_can_be_taken_off_by_its_weight() -> None:
    goods = [(make_product(partner=anh_tam(), price=price, stock=2), 2) for price in (50_000, 70_000)]
    order = moved(make_order(*goods, payment_method="cash_on_delivery", pays_on_delivery=True), "packing")
    owner = anh_tam().members.get().user
    first, second = tams(order).lines.order_by("pk")
    assert reduce_line(first, grams=1_000, reason="hết", by=owner).amount == 100_000
    with pytest.raises(TooShort):
        reduce_line(second, grams=1_000, reason="hết", by=owner)
    assert tams(order).goods_due == 140_000


@pytest.mark.parametrize(
    "missing", [{"packs": 4}, {"packs": 3, "grams": 500}, {"packs": 5}, {}, {"packs": -1}, {"grams": 2_000}]
)
@pytest.mark.parametrize("make", [paid_order, cash_order])
def test_nothing_and_everything_are_refused(make: Any, missing: dict[str, int]) -> None:
    order = make(to="packing")
    with pytest.raises(TooShort):
        short(order, **missing)
    assert not Reduction.objects.exists()


@pytest.mark.parametrize("status", ["handed_over", "delivered"])
def test_not_once_it_has_left(status: str) -> None:
    order = paid_order(to=status)
    with pytest.raises(NotNow):
        short(order, packs=1)


def test_the_auditor_names_a_reduction_without_its_row() -> None:
    order = cash_order(to="packing")
    SellerOrder.objects.filter(order=order).update(reduced=5)
    assert "reductions_add_up" in {one.check for one in find_differences()}

"""From placed to delivered, and every way back: expiry, late money, cancellation. Each step only once."""

import datetime

import pytest
import time_machine

from marketplace.messaging.models import Message
from marketplace.order import services
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import Order, Reservation, SellerOrder
from marketplace.outbox.models import Job
from tests.factories import anh_tam, htx_dong_phu, make_order, make_paid_order, make_product, stock_of

pytestmark = pytest.mark.django_db
Status = SellerOrder.Status


def cash_order(*wanted) -> Order:
    return make_order(*wanted, payment_method="cash_on_delivery", pays_on_delivery=True)


def told() -> list[str]:
    return sorted(Message.objects.values_list("kind", flat=True))


def part(order: Order) -> SellerOrder:
    return order.seller_orders.order_by("pk").first()


# --- money comes ----------------------------------------------------------------------------------------
def test_paid_starts_the_seller_and_keeps_the_goods() -> None:
    order = make_order()
    assert services.mark_paid(order, amount=150_000)
    assert (order.status, order.expires_at) == (Order.Status.CONFIRMED, None)
    assert part(order).status == Status.NEW
    assert Reservation.objects.get().state == "claimed"
    assert told() == ["order_paid", "order_placed", "seller_new_order"]


def test_paid_twice_changes_nothing() -> None:
    order = make_paid_order()
    paid_at = order.paid_at
    assert not services.mark_paid(Order.objects.get(), amount=150_000)
    assert Order.objects.get().paid_at == paid_at
    assert told().count("order_paid") == 1


def test_paying_at_the_door_instead_starts_the_seller_unpaid() -> None:
    order = make_order()
    assert services.deliver_unpaid(order, payment_method="cash_on_delivery")
    assert (order.status, part(order).status) == (Order.Status.CONFIRMED, Status.NEW)
    assert Reservation.objects.get().expires_at == order.expires_at
    assert Order.objects.get().payment_method == "cash_on_delivery"
    assert not services.deliver_unpaid(order, payment_method="cash_on_delivery")


def test_paying_beforehand_what_was_to_be_paid_at_the_door_tells_the_sellers_not_to_collect() -> None:
    """Their slips are printed and say otherwise."""
    order = cash_order((make_product(partner=anh_tam()), 1), (make_product(partner=htx_dong_phu()), 1))
    first, second = order.seller_orders.order_by("pk")
    services.move(first, Status.PACKING)
    services.move(second, Status.CANCELLED, note="Hết hàng")
    services.mark_paid(order, amount=150_000)
    [message] = Message.objects.filter(kind="seller_order_paid")
    assert message.phone == anh_tam().phone
    assert told().count("seller_new_order") == 2


def test_a_parcel_that_ended_before_the_money_came_is_nobodys_work() -> None:
    order = make_order((make_product(partner=anh_tam()), 1), (make_product(partner=htx_dong_phu()), 1))
    first, second = order.seller_orders.order_by("pk")
    services.take_back(first, actor=None, reason="")
    services.mark_paid(order, amount=150_000)
    sellers = Message.objects.filter(kind__startswith="seller")
    assert [(message.kind, message.phone) for message in sellers] == [
        ("seller_new_order", htx_dong_phu().phone)
    ]
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.asked_at is None
    assert second.asked_at is not None


def test_whoever_was_called_off_hears_of_it_when_late_money_wakes_the_order() -> None:
    order = cash_order()
    with time_machine.travel(order.expires_at + datetime.timedelta(minutes=1)):
        services.expire(order)
        services.reopen(order)
        services.mark_paid(order, amount=150_000)
    assert told().count("seller_new_order") == 2


# --- time passes ----------------------------------------------------------------------------------------
def test_expiry_gives_the_goods_back_once() -> None:
    product = make_product(stock=5)
    order = make_order((product, 2))
    assert services.expire(order)
    assert order.status == Order.Status.EXPIRED
    assert part(order).status == Status.EXPIRED
    assert stock_of(product).net_stock_level == 5
    assert not services.expire(order)
    assert stock_of(product).net_stock_level == 5
    assert told().count("order_expired") == 1


def test_a_paid_order_does_not_expire() -> None:
    order = make_paid_order()
    assert not services.expire(order)
    assert order.status == Order.Status.CONFIRMED


def test_money_after_expiry_finds_the_goods_again() -> None:
    product = make_product(stock=5)
    order = make_order((product, 2))
    services.expire(order)
    assert services.reopen(order)
    assert services.mark_paid(order, amount=150_000)
    assert (order.status, part(order).status) == (Order.Status.CONFIRMED, Status.NEW)
    assert stock_of(product).net_stock_level == 3


def test_money_after_expiry_when_goods_are_gone_changes_nothing() -> None:
    plenty, last = make_product(stock=5), make_product(stock=2)
    order = make_order((plenty, 1), (last, 2))
    services.expire(order)
    make_order((last, 1))
    assert not services.reopen(order)
    assert order.status == Order.Status.EXPIRED
    assert stock_of(plenty).num_allocated == 0
    with pytest.raises(IllegalMove):
        services.mark_paid(order, amount=150_000)


def test_parcels_that_no_seller_accepts_within_a_day_end() -> None:
    accepted, ignored = make_product(partner=anh_tam()), make_product(partner=htx_dong_phu(), stock=4)
    order = cash_order((accepted, 1), (ignored, 1))
    services.move(part(order), Status.PACKING)
    assert not services.expire(order)
    with time_machine.travel(order.expires_at + datetime.timedelta(minutes=1)):
        assert services.expire(order)
    assert [parcel.status for parcel in order.seller_orders.order_by("pk")] == ["packing", "expired"]
    assert order.status == Order.Status.CONFIRMED
    assert stock_of(ignored).net_stock_level == 4
    assert stock_of(accepted).num_allocated == 1
    assert "parcel_cancelled" in told()


def test_an_order_that_nobody_accepts_ends() -> None:
    order = cash_order()
    with time_machine.travel(order.expires_at):
        assert services.expire(order)
    assert order.status == Order.Status.EXPIRED


# --- the seller's steps ---------------------------------------------------------------------------------
def test_a_parcel_goes_its_way() -> None:
    product = make_product(stock=5)
    order = make_paid_order((product, 2))
    parcel = part(order)
    services.move(parcel, Status.PACKING, actor=anh_tam().members.get().user)
    services.move(parcel, Status.HANDED_OVER, carrier="GHN", tracking_number="GHN123")
    record = stock_of(product)
    assert (record.num_in_stock, record.num_allocated) == (3, 0)
    assert (parcel.carrier, parcel.tracking_number) == ("GHN", "GHN123")
    services.move(parcel, Status.DELIVERED)
    assert Order.objects.get().status == Order.Status.COMPLETED
    assert [event.status for event in parcel.events.all()] == ["new", "packing", "handed_over", "delivered"]
    assert told().count("parcel_shipped") == 1


@pytest.mark.parametrize("to", [Status.HANDED_OVER, Status.DELIVERED, Status.AWAITING_PAYMENT])
def test_steps_cannot_be_skipped(to: str) -> None:
    parcel = part(make_paid_order())
    with pytest.raises(IllegalMove):
        services.move(parcel, to)
    assert SellerOrder.objects.get().status == Status.NEW


@pytest.mark.parametrize("to", [Status.NEW, Status.PACKING])
def test_nobody_starts_a_parcel_that_waits_for_money(to: str) -> None:
    with pytest.raises(IllegalMove):
        services.move(part(make_order()), to)


def test_the_same_step_twice_is_refused_and_consumes_once() -> None:
    product = make_product(stock=5)
    parcel = part(make_paid_order((product, 2)))
    services.move(parcel, Status.PACKING)
    services.move(parcel, Status.HANDED_OVER)
    with pytest.raises(IllegalMove):
        services.move(parcel, Status.HANDED_OVER)
    assert stock_of(product).num_in_stock == 3


def test_an_accepted_parcel_no_longer_expires() -> None:
    order = cash_order()
    services.move(part(order), Status.PACKING)
    with time_machine.travel(order.expires_at + datetime.timedelta(days=1)):
        assert not services.expire(order)
    assert Reservation.objects.get().state == "claimed"


def test_a_cancelled_parcel_frees_its_goods_and_tells_both_sides() -> None:
    product = make_product(partner=anh_tam(), stock=5)
    order = make_paid_order((product, 2), (make_product(partner=htx_dong_phu()), 1))
    parcel = part(order)
    services.move(parcel, Status.CANCELLED, note="Hàng bị ướt mưa")
    assert parcel.cancel_reason == "Hàng bị ướt mưa"
    assert stock_of(product).net_stock_level == 5
    assert Order.objects.get().status == Order.Status.CONFIRMED
    assert {"parcel_cancelled", "seller_order_cancelled"} <= set(told())
    job = Job.objects.get(kind="give_back_parcel")
    assert job.payload == {"seller_order": parcel.pk}


def test_a_buyer_who_cancels_is_not_told_that_the_farm_did() -> None:
    order = make_paid_order()
    services.take_back(part(order), actor=None, reason="")
    assert {"parcel_taken_back", "seller_order_cancelled"} <= set(told())
    assert "parcel_cancelled" not in told()


def test_an_order_whose_parcels_are_all_cancelled_is_cancelled() -> None:
    order = cash_order()
    services.move(part(order), Status.CANCELLED, note="Hết hàng")
    assert Order.objects.get().status == Order.Status.CANCELLED
    assert not Job.objects.filter(kind="give_back_parcel").exists()


def test_a_delivered_and_a_cancelled_parcel_complete_the_order() -> None:
    order = make_paid_order((make_product(partner=anh_tam()), 1), (make_product(partner=htx_dong_phu()), 1))
    first, second = order.seller_orders.order_by("pk")
    services.move(first, Status.CANCELLED, note="Hết hàng")
    for step in (Status.PACKING, Status.HANDED_OVER, Status.DELIVERED):
        services.move(second, step)
    assert Order.objects.get().status == Order.Status.COMPLETED

"""A payout that pays what nobody owes, or a parcel twice, is named; whatever the services do is not."""

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from farmers.partner.models import Partner
from payments.audit.services import find_differences
from payments.models import Refund
from payments.parcel_refunds import refund_parcel
from payments.payouts.models import Payout, PayoutBatch, PayoutItem
from payments.payouts.services import cancel_batch
from payments.payouts.settling import mark_returned
from tests.payments.payouts.farms import NOW, approved, arrived, filled, hold, make_seller, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules() -> None:
    hold()


@pytest.fixture
def farm() -> Partner:
    return make_seller()


def found() -> set[str]:
    return {difference.check for difference in find_differences()}


def write(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


class TestTheServicesAreClean:
    @pytest.mark.parametrize("as_far_as", [filled, approved, sent])
    def test_at_every_step(self, farm: Partner, as_far_as: Callable[[], object]) -> None:
        arrived(farm)
        as_far_as()
        assert found() == set()

    def test_where_a_batch_is_called_off_and_made_again(self, farm: Partner) -> None:
        arrived(farm)
        cancel_batch(approved())
        sent()
        assert found() == set()

    def test_where_a_payout_comes_back_and_is_made_again(self, farm: Partner) -> None:
        arrived(farm)
        mark_returned(sent().payouts.get(), reason="Sai tên", now=NOW)
        assert found() == set()
        sent()
        assert found() == set()

    @pytest.mark.parametrize("goods", [30_000, 100_000])
    def test_where_a_refund_comes_after_the_payout(self, farm: Partner, goods: int) -> None:
        parcel = arrived(farm)
        sent()
        with transaction.atomic():
            refund_parcel(parcel, kind=Refund.Kind.CLAIM, reason="hỏng", key="t", goods=goods)
        arrived(farm, 200_000)
        assert sent().payouts.get().adjustment < 0
        assert found() == set()


@pytest.mark.parametrize(
    ("damage", "checks"),
    [
        ("UPDATE payouts_payout SET adjustment = adjustment + 1", {"payouts_add_up"}),
        (
            "UPDATE payouts_payoutitem SET amount = amount + 1",
            {"payouts_add_up", "parcels_are_paid_out_once"},
        ),
        ("DELETE FROM payouts_payoutitem", {"payouts_add_up"}),
        ("UPDATE payouts_payoutbatch SET total = total - 1", {"batches_add_up"}),
        ("UPDATE payouts_payoutitem SET is_open = false", {"parcels_stay_paid_out"}),
        (
            "DROP INDEX parcel_is_paid_out_once; INSERT INTO payouts_payoutitem"
            " (payout_id, seller_order_id, amount, is_open)"
            " SELECT payout_id, seller_order_id, amount, is_open FROM payouts_payoutitem",
            {"payouts_add_up", "parcels_are_paid_out_once"},
        ),
    ],
    ids=["set off", "parcel's amount", "no parcels", "batch", "due again", "twice in one"],
)
def test_damage_is_named(farm: Partner, damage: str, checks: set[str]) -> None:
    arrived(farm)
    sent()
    assert found() == set()
    write(damage)
    assert found() == checks


def test_a_parcel_that_two_payouts_pay_is_named(farm: Partner) -> None:
    """The second one is booked, and the debt that it makes is written down: only the parcel tells."""
    arrived(farm)
    sent()
    first = Payout.objects.get()
    write("DROP INDEX parcel_is_paid_out_once")
    arrived(farm)
    second = sent().payouts.get()
    (item,) = second.items.all()
    PayoutItem.objects.filter(pk=item.pk).update(seller_order=first.items.get().seller_order)
    assert found() == {"parcels_are_paid_out_once"}


def test_a_cancelled_payout_that_keeps_its_parcels_is_named(farm: Partner) -> None:
    arrived(farm)
    cancel_batch(filled())
    PayoutItem.objects.update(is_open=True)
    assert found() == {"parcels_stay_paid_out"}


def test_a_payout_taken_out_behind_the_batchs_back_is_named(farm: Partner) -> None:
    arrived(farm)
    arrived(make_seller())
    batch = filled()
    payout = batch.payouts.filter(partner=farm)
    PayoutItem.objects.filter(payout__in=payout).update(is_open=False)
    payout.update(state=Payout.State.CANCELLED)
    assert found() == {"batches_add_up"}
    assert PayoutBatch.objects.get().state == PayoutBatch.State.READY

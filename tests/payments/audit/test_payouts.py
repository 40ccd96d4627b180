"""A payout that pays what nobody owes, or a parcel twice, is named; whatever the services do is not."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.order.carriers import Carrier
from marketplace.order.models import SellerOrderEvent
from payments.audit.payouts import parcels_are_paid_out_once
from payments.audit.services import find_differences
from payments.ledger.accounts import owed_to
from payments.ledger.earnings import earn_handed_over
from payments.ledger.models import Entry
from payments.ledger.postings import cash_remitted
from payments.models import Refund
from payments.parcel_refunds import refund_parcel
from payments.payouts.models import Payout, PayoutBatch, PayoutItem
from payments.payouts.services import cancel_batch
from payments.payouts.settling import mark_returned
from payments.tax.models import WithholdingRule
from tests.factories import make_order, make_product
from tests.payments.claims.sold import moved
from tests.payments.orders import make_payment
from tests.payments.payouts.farms import HOLD, NOW, approved, arrived, filled, hold, make_seller, sent
from tests.payments.rules import commission, withholding

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
            " (payout_id, seller_order_id, amount, last_entry_id, is_open)"
            " SELECT payout_id, seller_order_id, amount, last_entry_id, is_open FROM payouts_payoutitem",
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


class TestWhatASaleTakesOff:
    """Three percent for the market and one and a half for the state, of 100.000 đồng."""

    @pytest.fixture(autouse=True)
    def _kept(self) -> None:
        commission(300)
        withholding(seller_kinds=["cooperative"], cash_moment=WithholdingRule.CashMoment.REMITTED)

    @pytest.mark.parametrize("last_entry", ["withheld_tax", "commission", "order_paid"])
    def test_is_no_part_of_a_payout_at_any_moment(self, farm: Partner, last_entry: str) -> None:
        """Set off beside it, so that payout, batch and books still sum."""
        arrived(farm)
        sent()
        item = PayoutItem.objects.get()
        assert (item.amount, found()) == (95_500, set())
        for too_much in (100_000, 97_000):
            claim_to_carry(item, too_much, Entry.objects.get(kind=last_entry))
            assert found() == {"parcels_are_paid_out_once"}

    def test_may_come_days_after_the_payout_where_a_carrier_took_the_cash(self, farm: Partner) -> None:
        order = make_order(
            (make_product(partner=farm, price=100_000), 1),
            payment_method="cash_on_delivery",
            pays_on_delivery=True,
        )
        make_payment(order, provider="cash_on_delivery")
        parcel = moved(order, "delivered", Carrier.GHN).seller_orders.get()
        SellerOrderEvent.objects.filter(seller_order=parcel, status="delivered").update(at=NOW - HOLD)
        cash_remitted(parcel, amount=parcel.due, fee=0, key="t", occurred_at=timezone.now())
        sent()
        assert PayoutItem.objects.get().amount == 97_000
        assert found() == set()
        with transaction.atomic():
            earn_handed_over(parcel, occurred_at=timezone.now())
        assert owed_to(farm) == -1_500
        assert found() == set()


def claim_to_carry(item: PayoutItem, amount: int, last_entry: Entry) -> None:
    PayoutItem.objects.filter(pk=item.pk).update(amount=amount, last_entry=last_entry)
    Payout.objects.filter(pk=item.payout_id).update(adjustment=F("amount") - amount)


def test_what_was_owed_before_a_refund_that_was_counted_is_named(farm: Partner) -> None:
    parcel = arrived(farm)
    with transaction.atomic():
        refund_parcel(parcel, kind=Refund.Kind.CLAIM, reason="hỏng", key="t", goods=30_000)
    sent()
    item = PayoutItem.objects.get()
    assert (item.amount, found()) == (70_000, set())
    claim_to_carry(item, 100_000, item.last_entry)
    assert found() == {"parcels_are_paid_out_once"}


def test_more_payouts_take_no_more_questions(farm: Partner, django_assert_num_queries: Any) -> None:
    for _payout in range(3):
        arrived(farm)
        sent()
        with django_assert_num_queries(2):
            assert list(parcels_are_paid_out_once()) == []


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

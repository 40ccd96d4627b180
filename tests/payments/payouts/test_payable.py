"""What a seller can be paid: from the books, for parcels past their hold, minus debts."""

import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from catalogue.crop_table import load_crops
from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.claims.models import ClaimWindow
from payments.claims.services import make_claim, refuse_claim
from payments.ledger.accounts import owed_to
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post
from payments.models import Refund
from payments.parcel_refunds import refund_parcel
from payments.payouts.models import HoldRule, PayoutDays
from payments.payouts.payable import payable
from tests.factories import anh_tam, make_crop, make_staff
from tests.payments.payouts.farms import HOLD, NOW, arrived, hold, make_seller, paid_parcel, sent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _rules() -> None:
    hold()


@pytest.fixture
def farm() -> Partner:
    return make_seller()


def refund(parcel: SellerOrder, goods: int) -> None:
    with transaction.atomic():
        refund_parcel(parcel, kind=Refund.Kind.CLAIM, reason="hỏng", key=f"t:{parcel.pk}", goods=goods)


Waiting = dict[int, datetime.datetime | None]


def all_of_them(parcels: set[int], now: datetime.datetime) -> Waiting:
    return dict.fromkeys(parcels)


def none_of_them(parcels: set[int], now: datetime.datetime) -> Waiting:
    return {}


class TestTheHold:
    def test_keeps_a_parcel_until_its_hours_are_over(self, farm: Partner) -> None:
        arrived(farm, at=NOW - HOLD + datetime.timedelta(seconds=1))
        early = payable(farm, now=NOW)
        assert (early.amount, early.waiting, early.parcels) == (0, owed_to(farm), {})
        assert payable(farm, now=NOW + datetime.timedelta(seconds=1)).amount == owed_to(farm)

    def test_is_shorter_for_a_fresh_crop(self, farm: Partner) -> None:
        durian = make_crop("durian", name="Sầu riêng")
        hold(24, crop=durian)
        at = NOW - datetime.timedelta(hours=24)
        fresh, dry = arrived(farm, crop=durian, at=at), arrived(farm, at=at)
        assert list(payable(farm, now=NOW).parcels) == [fresh.pk]
        assert dry.pk not in payable(farm, now=NOW).parcels

    def test_follows_the_rule_of_the_day(self, farm: Partner) -> None:
        arrived(farm, at=NOW - datetime.timedelta(hours=30))
        hold(24, since=NOW.date() + datetime.timedelta(days=1))
        assert payable(farm, now=NOW).amount == 0
        hold(24, since=NOW.date())
        assert payable(farm, now=NOW).amount == owed_to(farm)

    def test_without_any_rule_nothing_leaves(self, farm: Partner) -> None:
        arrived(farm)
        HoldRule.objects.all().delete()
        assert payable(farm, now=NOW).amount == 0

    def test_what_has_not_arrived_waits(self, farm: Partner) -> None:
        paid_parcel(farm)
        assert payable(farm, now=NOW + datetime.timedelta(days=99)).amount == 0

    def test_what_somebody_has_still_to_decide_on_waits(self, farm: Partner, settings: Any) -> None:
        arrived(farm)
        settings.PAYOUT_WAITS = [f"{__name__}.all_of_them"]
        assert payable(farm, now=NOW).amount == 0
        settings.PAYOUT_WAITS = [f"{__name__}.none_of_them"]
        assert payable(farm, now=NOW).amount == owed_to(farm)

    def test_what_its_buyer_can_still_claim_for_waits_whatever_the_hold_says(self, farm: Partner) -> None:
        """Both rules were made shorter since it arrived: the hold goes by today's, the window by that of its day."""
        parcel = arrived(farm, at=NOW - datetime.timedelta(hours=30))
        ClaimWindow.objects.create(valid_from="2026-01-01", hours=48, answer_hours=5, decide_hours=7)
        ClaimWindow.objects.create(valid_from=NOW.date(), hours=24, answer_hours=5, decide_hours=7)
        hold(24, since=NOW.date())
        assert payable(farm, now=NOW).amount == 0
        assert payable(farm, now=NOW + datetime.timedelta(hours=19)).amount == owed_to(farm)
        claim = make_claim(parcel, words="Hạt bị mốc hết rồi", wanted=1_000, photos=[], now=NOW)
        refuse_claim(claim, words="Không phải lỗi nhà vườn", by=make_staff(), now=claim.answer_by)
        assert payable(farm, now=NOW).amount == owed_to(farm)

    def test_rules_load_again_and_again(self) -> None:
        load_crops()
        HoldRule.objects.all().delete()
        for _ in range(2):
            call_command("load_payout_rules", verbosity=0)
        assert HoldRule.objects.filter(crop=None).count() == 1
        assert PayoutDays.objects.count() == 1
        assert HoldRule.objects.get(crop__code="durian").hours < HoldRule.objects.get(crop=None).hours


class TestTheAmount:
    def test_is_what_the_books_owe_for_the_free_parcels(self, farm: Partner) -> None:
        first, second = arrived(farm, 100_000), arrived(farm, 50_000)
        paid_parcel(farm, 70_000)
        due = payable(farm, now=NOW)
        assert set(due.parcels) == {first.pk, second.pk}
        assert due.amount + due.waiting == owed_to(farm)
        assert due.adjustment == 0

    def test_a_refund_after_the_payout_is_taken_off_the_next_one(self, farm: Partner) -> None:
        old = arrived(farm, 100_000)
        sent()
        refund(old, 30_000)
        arrived(farm, 100_000)
        due = payable(farm, now=NOW)
        assert due.adjustment < 0
        assert due.amount == owed_to(farm) == sum(due.parcels.values()) + due.adjustment

    def test_a_debt_larger_than_the_sales_pays_nothing(self, farm: Partner) -> None:
        old = arrived(farm, 100_000)
        sent()
        refund(old, 100_000)
        arrived(farm, 50_000)
        assert payable(farm, now=NOW).amount < 0

    def test_a_correction_counts_at_once(self, farm: Partner) -> None:
        account = Account.objects.create(kind="seller_payable", partner=farm)
        bank = Account.objects.get_or_create(kind="bank", partner=None)[0]
        post(
            key="c",
            kind=Entry.Kind.ORDER_PAID,
            occurred_at=NOW,
            lines=[Leg(bank, 5_000), Leg(account, -5_000)],
        )
        due = payable(farm, now=NOW)
        assert (due.amount, due.adjustment, due.parcels) == (5_000, 5_000, {})

    def test_of_one_seller_knows_nothing_of_another(self, farm: Partner) -> None:
        arrived(anh_tam())
        assert payable(farm, now=NOW).amount == 0

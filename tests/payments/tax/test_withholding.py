"""What is kept back from a sale by the rule of its day, and what of it goes back with a refund."""

import datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from marketplace.order.models import SellerOrder
from payments.tax.loading import load_withholding
from payments.tax.meter import counted_of
from payments.tax.models import Withheld, WithholdingRule
from payments.tax.rules import rule_for
from payments.tax.services import withhold
from tests.factories import anh_tam, htx_dong_phu, make_order, make_product
from tests.payments.rules import withholding
from tests.payments.tax.sales import give_back

pytestmark = pytest.mark.django_db
NOON = datetime.datetime(2026, 11, 20, 12, tzinfo=timezone.get_default_timezone())


@pytest.fixture(autouse=True)
def _rules() -> None:
    load_withholding()


def sold(goods: int, *, seller: Any = None) -> SellerOrder:
    order = make_order((make_product(partner=seller or anh_tam(), price=goods), 1))
    return order.seller_orders.get()


def rule(**fields: Any) -> WithholdingRule:
    """A rule that overrides the loaded ones from this month on."""
    return withholding(valid_from=datetime.date(2026, 11, 1), **fields)


class TestTheRule:
    def test_a_household_pays_one_percent_and_a_half(self) -> None:
        kept = withhold(sold(100_000), occurred_at=NOON)
        assert kept is not None and (kept.vat, kept.income_tax, kept.total) == (1_000, 500, 1_500)

    def test_a_cooperative_declares_for_itself(self) -> None:
        assert withhold(sold(100_000, seller=htx_dong_phu()), occurred_at=NOON) is None

    @pytest.mark.parametrize(
        ("day", "code"),
        [
            ((2025, 6, 30), None),
            ((2025, 7, 1), "nd117-2025-goods"),
            ((2025, 12, 31), "nd117-2025-goods"),
            ((2026, 1, 1), "nd117-2026-goods"),
        ],
    )
    def test_is_the_one_of_the_day_in_vietnam(self, day: tuple[int, int, int], code: str | None) -> None:
        found = rule_for(anh_tam(), datetime.date(*day))
        assert (found and found.code) == code

    def test_a_sale_in_the_first_hours_of_the_year_in_vietnam_is_of_that_year(self) -> None:
        still_2025_in_utc = datetime.datetime(2025, 12, 31, 18, tzinfo=datetime.UTC)
        kept = withhold(sold(100_000), occurred_at=still_2025_in_utc)
        assert kept is not None and kept.rule.code == "nd117-2026-goods"

    def test_loading_again_leaves_what_staff_decided(self) -> None:
        WithholdingRule.objects.filter(code="nd117-2026-goods").update(policy=WithholdingRule.Policy.OFF)
        call_command("load_withholding", verbosity=0)
        assert sorted(WithholdingRule.objects.values_list("code", "policy")) == [
            ("nd117-2025-goods", "always"),
            ("nd117-2026-goods", "off"),
        ]

    def test_loading_adds_what_is_not_there(self) -> None:
        WithholdingRule.objects.filter(code="nd117-2026-goods").delete()
        call_command("load_withholding", verbosity=0)
        assert WithholdingRule.objects.count() == 2

    def test_the_later_rule_wins_and_may_switch_it_off(self) -> None:
        rule(policy=WithholdingRule.Policy.OFF)
        kept = withhold(sold(100_000), occurred_at=NOON)
        assert kept is not None and (kept.total, kept.revenue) == (0, 100_000)

    def test_a_limited_rule_without_its_limit_is_refused(self) -> None:
        with pytest.raises(IntegrityError, match="limited_withholding_has_a_limit"), transaction.atomic():
            rule(policy=WithholdingRule.Policy.ABOVE_LIMIT)


class TestASale:
    def test_counts_once_with_the_rates_of_its_day(self) -> None:
        parcel = sold(100_000)
        first = withhold(parcel, occurred_at=NOON)
        WithholdingRule.objects.update(vat_basis_points=500)
        assert withhold(parcel, occurred_at=NOON) == first
        row = Withheld.objects.get()
        assert (row.vat, row.income_tax, row.vat_basis_points) == (1_000, 500, 100)

    def test_is_taxed_on_the_goods_and_not_on_the_carrier(self) -> None:
        parcel = sold(100_000)
        assert parcel.shipping_total > 0
        kept = withhold(parcel, occurred_at=NOON)
        assert kept is not None and kept.taxed == 100_000

    def test_above_the_limit_only_the_part_above_it_is_taxed(self) -> None:
        rule(policy=WithholdingRule.Policy.ABOVE_LIMIT, yearly_limit=250_000)
        taxed = [withhold(sold(100_000), occurred_at=NOON) for _ in range(4)]
        assert [row and row.taxed for row in taxed] == [0, 0, 50_000, 100_000]
        assert counted_of(anh_tam(), 2026) == 400_000

    def test_the_meter_begins_anew_with_the_year(self) -> None:
        rule(policy=WithholdingRule.Policy.ABOVE_LIMIT, yearly_limit=100_000)
        withhold(sold(100_000), occurred_at=NOON)
        next_year = withhold(sold(100_000), occurred_at=NOON.replace(year=2027, month=1))
        assert next_year is not None and next_year.taxed == 0


class TestARefund:
    def test_takes_its_part_off_in_its_own_month(self) -> None:
        parcel = sold(100_000)
        withhold(parcel, occurred_at=NOON)
        december = NOON.replace(month=12)
        row = give_back(parcel, goods=40_000, refund_pk=1, occurred_at=december)
        assert row is not None and (row.revenue, row.vat, row.income_tax) == (-40_000, -400, -200)
        assert row.occurred_at == december

    def test_counts_once(self) -> None:
        parcel = sold(100_000)
        withhold(parcel, occurred_at=NOON)
        first = give_back(parcel, goods=40_000, refund_pk=1, occurred_at=NOON)
        assert give_back(parcel, goods=40_000, refund_pk=1, occurred_at=NOON) == first
        assert Withheld.objects.filter(kind="refunded").count() == 1

    def test_never_gives_back_more_than_was_kept(self) -> None:
        parcel = sold(100_000)
        withhold(parcel, occurred_at=NOON)
        give_back(parcel, goods=90_000, refund_pk=1, occurred_at=NOON)
        row = give_back(parcel, goods=90_000, refund_pk=2, occurred_at=NOON)
        assert row is not None and row.revenue == -10_000
        assert give_back(parcel, goods=1, refund_pk=3, occurred_at=NOON) is None

    def test_of_what_was_never_taxed_is_nothing(self) -> None:
        assert give_back(sold(100_000), goods=1_000, refund_pk=1, occurred_at=NOON) is None


class TestManyParts(TestCase):
    @settings(max_examples=30)  # each is a parcel in the database
    @given(
        st.integers(1, 9_999_999),
        st.lists(st.integers(1, 3_000_000), min_size=1, max_size=6),
    )
    def test_a_whole_refund_in_any_parts_gives_back_exactly_what_was_kept(
        self, goods: int, parts: list[int]
    ) -> None:
        parcel = sold(goods)
        kept = withhold(parcel, occurred_at=NOON)
        assert kept is not None
        for pk, part in enumerate([*parts, goods], start=1):
            give_back(parcel, goods=part, refund_pk=pk, occurred_at=NOON)
        rows = list(Withheld.objects.filter(seller_order=parcel))
        assert [
            sum(getattr(row, name) for row in rows) for name in ("revenue", "taxed", "vat", "income_tax")
        ] == [
            0,
            0,
            0,
            0,
        ]

"""What is taxed above the yearly limit, and what of it goes back: each reading is a field of the rule."""

import datetime

import pytest
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from marketplace.order.models import SellerOrder
from marketplace.order.services import move
from payments.audit.services import find_differences
from payments.ledger.accounts import balance, of_market, owed_to, seller_payable
from payments.ledger.models import Account
from payments.parcel_refunds import give_back_parcel
from payments.payouts.models import HoldRule
from payments.payouts.payable import payable
from payments.statements.paying import when_paid
from payments.tax.models import Taxpayer, Withheld, WithholdingRule
from payments.tax.services import next_rate, withhold
from tests.factories import anh_tam, make_order, make_partner, make_product
from tests.payments.claims.sold import load_money_rules, paid_order, tams
from tests.payments.rules import taxed_above, withholding
from tests.payments.tax.sales import NOON, give_back, read_as, refunded, revenue_of, sold, taxed_of, totals

pytestmark = pytest.mark.django_db
AboveLimit = WithholdingRule.AboveLimit
LIMIT = 250_000


class TestAboveTheLimit:
    @pytest.mark.parametrize(
        ("reading", "with_the_sale", "in_the_end"),
        [
            (AboveLimit.PART, [0, 0, 50_000, 100_000], 150_000),
            (AboveLimit.SALE, [0, 0, 100_000, 100_000], 200_000),
            (AboveLimit.YEAR, [0, 0, 100_000, 100_000], 400_000),
        ],
    )
    def test_is_taxed_as_the_rule_reads_it(
        self, reading: str, with_the_sale: list[int], in_the_end: int
    ) -> None:
        taxed_above(LIMIT)
        read_as(above_limit=reading)
        rows = [withhold(sold(100_000), occurred_at=NOON) for _ in range(4)]
        assert [row and row.taxed for row in rows] == with_the_sale
        assert sum(row.taxed for row in Withheld.objects.all()) == in_the_end
        assert sum(row.total for row in Withheld.objects.all()) == in_the_end * 150 // 10_000

    @pytest.mark.parametrize("reading", AboveLimit.values)
    def test_up_to_the_limit_nothing_is_taxed(self, reading: str) -> None:
        taxed_above(LIMIT)
        read_as(above_limit=reading)
        withhold(sold(LIMIT), occurred_at=NOON)
        assert not Withheld.objects.exclude(taxed=0).exists()
        assert next_rate(anh_tam(), NOON.date()) == 150

    def test_earlier_sales_are_declared_with_the_sale_that_passes_it(self) -> None:
        taxed_above(LIMIT)
        read_as(above_limit=AboveLimit.YEAR)
        first, passing = sold(200_000), sold(100_000)
        withhold(first, occurred_at=NOON.replace(month=10))
        give_back(first, goods=50_000, refund_pk=1, occurred_at=NOON.replace(month=10))
        withhold(sold(100_000, seller=make_partner("Nhà khác")), occurred_at=NOON)
        row = withhold(passing, occurred_at=NOON)
        assert row is not None and list(row.brought.all()) == []  # 250.000 so far
        row = withhold(sold(1_000), occurred_at=NOON)
        assert row is not None
        caught_up = {one.seller_order: (one.taxed, one.revenue) for one in row.brought.all()}
        assert caught_up == {first: (150_000, 0), passing: (100_000, 0)}
        assert totals(2026, 10)[6:] == (200_000, -50_000, 150_000, 0, 0, 0, 0)
        november = totals(2026, 11)
        assert november[5:10] == (3, 201_000, 0, 201_000, 251_000)

    def test_what_was_sold_in_another_year_is_left_alone(self) -> None:
        taxed_above(LIMIT)
        read_as(above_limit=AboveLimit.YEAR, valid_from=datetime.date(2025, 1, 1))
        withhold(sold(LIMIT), occurred_at=NOON.replace(year=2025))
        withhold(sold(LIMIT + 1), occurred_at=NOON)
        assert sum(row.taxed for row in Withheld.objects.all()) == LIMIT + 1

    def test_a_sale_taxed_later_gives_back_what_it_was_taxed_in_the_month_of_its_refund(self) -> None:
        taxed_above(LIMIT)
        read_as(above_limit=AboveLimit.YEAR)
        first, december = sold(200_000), NOON.replace(month=12)
        withhold(first, occurred_at=NOON)
        give_back(first, goods=80_000, refund_pk=1, occurred_at=NOON)
        withhold(sold(200_000), occurred_at=NOON)
        half = give_back(first, goods=60_000, refund_pk=2, occurred_at=december)
        rest = give_back(first, goods=60_000, refund_pk=3, occurred_at=december)
        assert [row and (row.taxed, row.vat, row.occurred_at) for row in (half, rest)] == [
            (-60_000, -600, december),
            (-60_000, -600, december),
        ]

    def test_tax_of_a_whole_year_can_be_more_than_the_sale_and_is_a_debt_then(self) -> None:
        load_money_rules()
        read_as(policy="above_limit", yearly_limit=20_000_000, above_limit=AboveLimit.YEAR)
        first = withhold(sold(20_000_000), occurred_at=timezone.now())
        assert first is not None and first.total == 0
        paid_order()
        assert owed_to(anh_tam()) == 100_000 - 3_000 - 1_500 - 300_000
        assert seller_payable(anh_tam()).debt_since is not None
        assert [one.check for one in find_differences()] == []


class TestARefundAndTheYear:
    """200.000 and 200.000 are sold, 150.000 above the limit; then some of the first goes back."""

    def after(self, goods: int, **reading: str) -> tuple[SellerOrder, SellerOrder, Withheld]:
        taxed_above(LIMIT)
        read_as(**reading)
        first, second = sold(200_000), sold(200_000)
        for parcel in (first, second):
            withhold(parcel, occurred_at=NOON)
        row = give_back(first, goods=goods, refund_pk=1, occurred_at=NOON.replace(month=12))
        assert row is not None
        return first, second, row

    @pytest.mark.parametrize(
        ("above_limit", "after_refund", "goods", "left"),
        [
            ("part", "sale", 100_000, 150_000),
            ("part", "year", 100_000, 50_000),
            ("part", "year", 200_000, 0),
            ("sale", "sale", 200_000, 200_000),
            ("sale", "year", 100_000, 200_000),  # the sum is above the limit still
            ("sale", "year", 150_000, 0),
            ("year", "sale", 150_000, 250_000),
            ("year", "year", 149_999, 250_001),
            ("year", "year", 150_000, 0),
        ],
    )
    def test_other_sales_are_taxed_less_where_the_rule_reads_it_so(
        self, above_limit: str, after_refund: str, goods: int, left: int
    ) -> None:
        self.after(goods, above_limit=above_limit, after_refund=after_refund)
        assert sum(row.taxed for row in Withheld.objects.all()) == left
        assert sum(row.total for row in Withheld.objects.all()) == pytest.approx(left * 0.015, abs=2)

    def test_what_is_released_belongs_to_the_month_of_the_refund(self) -> None:
        _first, second, row = self.after(200_000, after_refund="year")
        released = row.brought.get()
        assert (released.seller_order, released.revenue, released.taxed) == (second, 0, -150_000)
        assert released.occurred_at == row.occurred_at
        assert totals(2026, 12)[6:10] == (0, -200_000, -200_000, -150_000)

    def test_the_sale_that_was_paid_last_is_the_newest(self) -> None:
        taxed_above(LIMIT)
        read_as(after_refund="year")
        first, paid_last, placed_last = (sold(200_000) for _ in range(3))
        for day, parcel in enumerate((first, placed_last, paid_last), start=20):
            withhold(parcel, occurred_at=NOON.replace(day=day))
        row = give_back(first, goods=100_000, refund_pk=1, occurred_at=NOON.replace(month=12))
        assert row is not None
        assert row.brought.get().seller_order == paid_last

    def test_the_next_sales_are_taxed_as_if_it_had_never_been_sold(self) -> None:
        self.after(200_000, after_refund="year")
        rows = [withhold(sold(100_000), occurred_at=NOON) for _ in range(2)]
        assert [row and row.taxed for row in rows] == [50_000, 100_000]

    def test_tax_of_another_policy_stays(self) -> None:
        taxed_above(LIMIT)
        read_as(policy="always", after_refund="year")
        first = sold(100_000)
        withhold(first, occurred_at=NOON)
        ended = WithholdingRule.objects.get()
        WithholdingRule.objects.update(valid_until=NOON.date())
        later = NOON + datetime.timedelta(days=1)
        withholding(
            code="later",
            valid_from=later.date(),
            policy="above_limit",
            yearly_limit=LIMIT,
            after_refund="year",
        )
        second = sold(200_000)
        withhold(second, occurred_at=later)
        give_back(second, goods=200_000, refund_pk=1, occurred_at=later)
        assert (taxed_of(first), taxed_of(second)) == (100_000, 0)
        assert first.withheld.get().rule == ended

    def test_the_books_follow(self) -> None:
        load_money_rules()
        read_as(policy="above_limit", yearly_limit=150_000, after_refund="year")
        first, second = (tams(paid_order(to="delivered")) for _ in range(2))
        tax = of_market(Account.Kind.WITHHELD_TAX)
        assert -balance(tax) == 750
        refunded(first, 80_000, 0)
        assert (balance(tax), taxed_of(second), find_differences()) == (0, 0, [])

    def test_what_a_cancelled_parcel_brings_back_is_paid_out(self) -> None:
        load_money_rules()
        HoldRule.objects.create(valid_from="2026-01-01", hours=0)
        read_as(policy="above_limit", yearly_limit=150_000, after_refund="year")
        cancelled, delivered = paid_order(to="packing"), tams(paid_order(to="delivered"))
        for parcel in cancelled.seller_orders.all():
            move(parcel, "cancelled", note="Hết hàng")
            waiting = payable(anh_tam(), now=timezone.now())
            assert tams(cancelled).pk not in waiting.parcels, "its refund is still to be booked"
            give_back_parcel({"seller_order": parcel.pk})
        assert taxed_of(delivered) == 0
        due = payable(anh_tam(), now=timezone.now())
        assert due.unpaid[tams(cancelled).pk] == due.parcels[tams(cancelled).pk] == 750
        assert due.amount + due.waiting == owed_to(anh_tam())
        words = when_paid(anh_tam(), [tams(cancelled).pk], now=timezone.now())
        assert words[tams(cancelled).pk]

    def test_raw_produce_that_goes_back_releases_nothing_of_other_goods(self) -> None:
        withholding(raw_produce="counted", policy="above_limit", yearly_limit=LIMIT, after_refund="year")
        Taxpayer.objects.create(
            partner=anh_tam(), name="Điểu Tâm", number="070090001234", declared_grower_on=NOON.date()
        )
        goods = sold(300_000)
        raw = make_order((make_product(partner=anh_tam(), price=100_000, is_own_raw_produce=True), 1))
        for parcel in (goods, raw.seller_orders.get()):
            withhold(parcel, occurred_at=NOON)
        give_back(raw.seller_orders.get(), goods=100_000, refund_pk=1, occurred_at=NOON, raw=100_000)
        assert taxed_of(goods) == 50_000

    @pytest.mark.parametrize("raw_first", [True, False])
    def test_the_year_is_taxed_as_if_what_went_back_had_never_been_sold(self, raw_first: bool) -> None:
        withholding(raw_produce="counted", policy="above_limit", yearly_limit=LIMIT, after_refund="year")
        Taxpayer.objects.create(
            partner=anh_tam(), name="Điểu Tâm", number="070090001234", declared_grower_on=NOON.date()
        )
        raw = make_order((make_product(partner=anh_tam(), price=100_000, is_own_raw_produce=True), 1))
        sales = [raw.seller_orders.get(), sold(200_000), sold(150_000)]
        for parcel in sales if raw_first else sales[::-1]:
            withhold(parcel, occurred_at=NOON)
        give_back(sales[0], goods=100_000, refund_pk=1, occurred_at=NOON, raw=100_000)
        assert sum(map(taxed_of, sales)) == 100_000

    def test_what_went_back_of_before_the_declaration_makes_room_too(self) -> None:
        withholding(policy="declared", yearly_limit=LIMIT, after_refund="year")
        before, after = sold(200_000), sold(100_000)
        withhold(before, occurred_at=NOON)
        Taxpayer.objects.create(
            partner=anh_tam(), name="Điểu Tâm", number="070090001234", below_limit_years=[2026]
        )
        withhold(after, occurred_at=NOON)
        give_back(before, goods=100_000, refund_pk=1, occurred_at=NOON)
        assert (taxed_of(before), taxed_of(after)) == (100_000, 0)

    def test_what_was_taxed_before_the_seller_declared_stays(self) -> None:
        withholding(policy="declared", yearly_limit=LIMIT, after_refund="year")
        before, after = sold(200_000), sold(100_000)
        withhold(before, occurred_at=NOON)
        Taxpayer.objects.create(
            partner=anh_tam(), name="Điểu Tâm", number="070090001234", below_limit_years=[2026]
        )
        withhold(after, occurred_at=NOON)
        give_back(after, goods=20_000, refund_pk=1, occurred_at=NOON)
        assert (taxed_of(before), taxed_of(after)) == (200_000, 30_000)


class TestAnySales(TestCase):
    @settings(max_examples=25)  # each sale is a parcel in the database
    @given(
        st.sampled_from(AboveLimit.values),
        st.sampled_from(WithholdingRule.AfterRefund.values),
        st.integers(0, 1_000),
        st.lists(
            st.tuples(
                st.integers(1, 500), st.lists(st.tuples(st.integers(0, 5), st.integers(1, 500)), max_size=2)
            ),
            min_size=1,
            max_size=6,
        ),
    )
    def test_are_taxed_by_the_reading_and_leave_nothing_once_all_went_back(
        self, reading: str, after_refund: str, limit: int, events: list[tuple[int, list[tuple[int, int]]]]
    ) -> None:
        taxed_above(limit)
        read_as(above_limit=reading, after_refund=after_refund)
        parcels: list[SellerOrder] = []
        counted, refunds = 0, 0
        for goods, returns in events:
            parcels.append(sold(goods))
            row = withhold(parcels[-1], occurred_at=NOON)
            assert row is not None
            above = max(0, min(goods, counted + goods - limit))
            assert row.taxed == (above if reading == AboveLimit.PART or not above else goods)
            counted += goods
            if reading == AboveLimit.YEAR and counted > limit:
                assert [taxed_of(parcel) for parcel in parcels] == [revenue_of(parcel) for parcel in parcels]
            for at, amount in returns:
                refunds += 1
                back = give_back(
                    parcels[at % len(parcels)], goods=amount, refund_pk=refunds, occurred_at=NOON
                )
                counted += back.revenue if back else 0
            assert all(0 <= taxed_of(parcel) <= revenue_of(parcel) for parcel in parcels)
            if after_refund == "year":
                taxed, above = sum(map(taxed_of, parcels)), max(0, counted - limit)
                assert taxed == above if reading == AboveLimit.PART else above or not taxed
        for parcel in parcels:
            refunds += 1
            give_back(parcel, goods=500, refund_pk=refunds, occurred_at=NOON)
            left = [
                (row.revenue, row.taxable, row.taxed, row.vat, row.income_tax)
                for row in parcel.withheld.all()
            ]
            assert [sum(column) for column in zip(*left, strict=True)] == [0, 0, 0, 0, 0]

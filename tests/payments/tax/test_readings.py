"""What nobody has confirmed is read in more than one way: each is a field of the rule, and the books follow it."""

import datetime
from itertools import product

import pytest
from django.utils import timezone

from marketplace.order.carriers import Carrier
from marketplace.order.models import SellerOrder
from marketplace.outbox.models import Job
from payments.audit.parcels import withheld_tax_is_booked
from payments.audit.services import find_differences
from payments.cash import cash_handed_over
from payments.handover import parcel_handed_over
from payments.ledger.accounts import balance, of_market, owed_to
from payments.ledger.models import Account
from payments.parcel_refunds import Part
from payments.services import confirm_payment
from payments.statements.statement import month_statement
from payments.tax.certificate import certificate
from payments.tax.meter import counted_of, meter_of
from payments.tax.models import Taxpayer, Withheld, WithholdingRule
from payments.tax.services import next_rate, withhold
from tests.factories import FREIGHT, anh_tam, make_order, make_product
from tests.payments.claims.sold import cash_order, load_money_rules, paid_order, tams
from tests.payments.orders import make_payment
from tests.payments.reconciliation.files import applied, xlsx
from tests.payments.rules import withholding
from tests.payments.tax.sales import NOON, give_back, read_as, refunded, revenue_of, sold, taxed_of, totals
from tests.reading import pdf_words

pytestmark = pytest.mark.django_db
AboveLimit, CashMoment = WithholdingRule.AboveLimit, WithholdingRule.CashMoment
LIMIT = 250_000


class TestWhatASellerDeclared:
    """Of others tax is kept back from every sale; who declared for the year is taxed above the limit only."""

    @pytest.fixture(autouse=True)
    def _rule(self) -> None:
        withholding(policy="declared", yearly_limit=LIMIT, after_refund="year")

    def declared(self, year: int) -> None:
        Taxpayer.objects.create(
            partner=anh_tam(), name="Điểu Tâm", number="070090001234", below_limit_years=[2020, year]
        )

    @pytest.mark.parametrize(
        ("year", "taxed"), [(None, [200_000, 200_000]), (2025, [200_000, 200_000]), (2026, [0, 150_000])]
    )
    def test_decides_from_what_tax_is_kept_back(self, year: int | None, taxed: list[int]) -> None:
        if year:
            self.declared(year)
        assert next_rate(anh_tam(), NOON.date()) == (0 if year == 2026 else 150)
        rows = [withhold(sold(200_000), occurred_at=NOON) for _ in range(2)]
        assert [row and row.taxed for row in rows] == taxed

    @pytest.mark.parametrize(("year", "left"), [(None, 200_000), (2026, 0)])
    def test_decides_what_a_refund_gives_back(self, year: int | None, left: int) -> None:
        if year:
            self.declared(year)
        first, second = sold(200_000), sold(200_000)
        for parcel in (first, second):
            withhold(parcel, occurred_at=NOON)
        give_back(first, goods=200_000, refund_pk=1, occurred_at=NOON)
        assert (taxed_of(first), taxed_of(second)) == (0, left)


@pytest.mark.parametrize(("rounding", "total"), [("half_up", 2 + 1), ("down", 1 + 0), ("up", 2 + 1)])
def test_the_tax_of_a_sale_is_rounded_as_the_rule_reads_it(rounding: str, total: int) -> None:
    withholding(rounding=rounding)
    row = withhold(sold(150), occurred_at=NOON)  # 1,5 and 0,75 đồng
    assert row is not None and row.total == total


class TestCashAtTheDoor:
    @pytest.fixture(autouse=True)
    def _rules(self) -> None:
        load_money_rules()
        read_as(cash_moment=CashMoment.REMITTED)

    def test_is_taxed_once_the_carrier_hands_it_over(self) -> None:
        parcel = tams(cash_order(to="delivered"))
        assert not Withheld.objects.exists()
        handed_over(parcel)
        row = Withheld.objects.get()
        assert (row.revenue, row.total, owed_to(anh_tam())) == (100_000, 1_500, 100_000 + FREIGHT - 4_500)
        assert find_differences() == []

    def test_that_went_back_before_is_not_taxed(self) -> None:
        parcel = tams(cash_order(to="delivered"))
        refunded(parcel, 40_000, 10_000)
        handed_over(parcel)
        assert revenue_of(parcel) == 60_000
        assert owed_to(anh_tam()) == 60_000 + FREIGHT - 10_000 - 1_800 - 900
        assert find_differences() == []

    def test_that_the_seller_takes_is_taxed_at_once(self) -> None:
        tams(cash_order(to="delivered", carrier=Carrier.OWN))
        assert Withheld.objects.get().total == 1_500

    @pytest.mark.parametrize("carrier", ["Viettel Post", Carrier.OWN])
    def test_that_does_not_count_is_never_taxed(self, carrier: str) -> None:
        read_as(cash_moment=CashMoment.NEVER)
        parcel = tams(cash_order(to="delivered", carrier=carrier))
        if carrier != Carrier.OWN:
            handed_over(parcel)
        refunded(parcel, 40_000, 0)
        assert not Withheld.objects.exists()
        assert counted_of(anh_tam(), timezone.localdate().year) == 0
        assert find_differences() == []

    def test_by_the_rule_of_its_day_is_not_taxed_again_with_the_carriers_list(self) -> None:
        read_as(cash_moment=CashMoment.COLLECTED)
        parcel = tams(cash_order(to="delivered"))
        read_as(cash_moment=CashMoment.REMITTED)
        handed_over(parcel)
        assert Withheld.objects.get().total == 1_500
        assert find_differences() == []


class TestRawProduce:
    @pytest.fixture(autouse=True)
    def _grower(self) -> None:
        withholding(raw_produce="counted")
        Taxpayer.objects.create(
            partner=anh_tam(), name="Điểu Tâm", number="070090001234", declared_grower_on=NOON.date()
        )

    def test_of_its_grower_is_not_taxed_and_counts_for_the_year(self) -> None:
        row = withhold(mixed(), occurred_at=NOON)
        assert row is not None and (row.revenue, row.taxable, row.taxed, row.vat) == (
            300_000,
            200_000,
            200_000,
            2_000,
        )

    def test_is_what_the_product_said_when_it_was_ordered(self) -> None:
        parcel = mixed()
        for line in parcel.lines.select_related("product"):
            line.product.is_own_raw_produce = not line.product.is_own_raw_produce
            line.product.save()
        row = withhold(parcel, occurred_at=NOON)
        assert row is not None and row.taxed == 200_000

    @pytest.mark.parametrize("missing", ["rule", "declaration", "day"])
    def test_is_taxed_where_anything_is_missing(self, missing: str) -> None:
        if missing == "rule":
            read_as(raw_produce="taxed")
        else:
            later = NOON.date() + datetime.timedelta(days=1)
            Taxpayer.objects.update(declared_grower_on=later if missing == "day" else None)
        row = withhold(mixed(), occurred_at=NOON)
        assert row is not None and row.taxed == 300_000

    def test_that_goes_back_by_name_gives_back_no_tax(self) -> None:
        parcel = mixed()
        withhold(parcel, occurred_at=NOON)
        raw = give_back(parcel, goods=60_000, refund_pk=1, occurred_at=NOON, raw=60_000)
        other = give_back(parcel, goods=50_000, refund_pk=2, occurred_at=NOON, other=50_000)
        rest = give_back(parcel, goods=300_000, refund_pk=3, occurred_at=NOON)
        assert [row and row.taxed for row in (raw, other, rest)] == [0, -50_000, -150_000]

    def test_that_a_refund_names_leaves_the_tax_of_the_rest_in_the_books(self) -> None:
        parcel = mixed(is_paid=True)
        line = parcel.lines.get(is_own_raw_produce=True)
        refunded(parcel, 50_000, 0, parts=[Part(line=line, amount=50_000)])
        assert -balance(of_market(Account.Kind.WITHHELD_TAX)) == 3_000
        refunded(parcel, 250_000, 0)
        assert balance(of_market(Account.Kind.WITHHELD_TAX)) == 0
        assert list(withheld_tax_is_booked()) == []

    @pytest.mark.parametrize(
        ("reading", "taxed"),
        [
            ("taxed", 150_000),
            ("counted", 100_000),  # half of the sale, of which two thirds are taxed
            ("left_out", 50_000),
        ],
    )
    def test_counts_against_the_limit_as_the_rule_reads_it(self, reading: str, taxed: int) -> None:
        read_as(policy="above_limit", yearly_limit=150_000, raw_produce=reading)
        row = withhold(mixed(), occurred_at=NOON)
        assert row is not None and row.taxed == taxed
        meter = meter_of(anh_tam(), 2026, today=NOON.date())
        counted = 200_000 if reading == "left_out" else 300_000
        assert meter is not None and (meter.counted, meter.limit) == (counted, 150_000)

    def test_that_does_not_count_takes_nothing_off_the_meter_when_it_goes_back(self) -> None:
        read_as(raw_produce="left_out", yearly_limit=1_000_000)
        parcel = mixed()
        withhold(parcel, occurred_at=NOON)
        give_back(parcel, goods=60_000, refund_pk=1, occurred_at=NOON, raw=60_000)
        assert counted_of(anh_tam(), 2026) == 200_000
        give_back(parcel, goods=50_000, refund_pk=2, occurred_at=NOON, other=50_000)
        assert counted_of(anh_tam(), 2026) == 150_000
        give_back(parcel, goods=300_000, refund_pk=3, occurred_at=NOON)
        assert counted_of(anh_tam(), 2026) == 0


def mixed(*, is_paid: bool = False) -> SellerOrder:
    """Raw produce for 100.000 and roasted nuts for 200.000; paid for in the books where that is wanted."""
    raw = make_product(partner=anh_tam(), price=100_000, is_own_raw_produce=True)
    order = make_order((raw, 1), (make_product(partner=anh_tam(), price=200_000), 1))
    if is_paid:
        payment = make_payment(order)
        confirm_payment(payment, amount=payment.amount)
    parcel: SellerOrder = order.seller_orders.get()
    return parcel


class TestShipping:
    @pytest.fixture(autouse=True)
    def _rules(self) -> None:
        load_money_rules()
        read_as(taxes_shipping=True)

    def test_that_is_passed_on_is_taxed_then_and_goes_back_with_its_tax(self) -> None:
        parcel = tams(paid_order(to="handed_over"))
        assert revenue_of(parcel) == 100_000
        for _ in range(2):
            parcel_handed_over({"seller_order": parcel.pk})
        shipping = parcel.withheld.get(kind="shipping")
        assert (shipping.taxed, shipping.vat, shipping.income_tax) == (
            FREIGHT,
            FREIGHT * 3 // 100,
            FREIGHT * 15 // 1000,
        )
        refunded(parcel, 0, FREIGHT)
        assert (revenue_of(parcel), taxed_of(parcel)) == (100_000, 100_000)
        assert sum(row.total for row in parcel.withheld.all()) == 1_500
        refunded(parcel, 100_000, 0)
        assert sum(row.total for row in parcel.withheld.all()) == 0
        assert find_differences() == []

    def test_is_caught_up_and_released_at_its_own_rates(self) -> None:
        read_as(policy="above_limit", yearly_limit=200_000, above_limit="year", after_refund="year")
        first = tams(paid_order(to="handed_over"))
        parcel_handed_over({"seller_order": first.pk})
        second = tams(paid_order(to="packing"))
        taxes = {row.of_shipping: row.total for row in first.withheld.filter(kind="caught_up")}
        assert taxes == {False: 1_500, True: FREIGHT * 45 // 1000}
        refunded(second, 100_000, 0)
        assert sum(row.total for row in Withheld.objects.all()) == 0
        assert find_differences() == []

    def test_that_nobody_has_passed_on_yet_is_not(self) -> None:
        parcel = tams(paid_order(to="packing"))
        refunded(parcel, 10_000, FREIGHT)
        assert (revenue_of(parcel), taxed_of(parcel)) == (90_000, 90_000)
        assert find_differences() == []


READINGS = list(
    product(
        ("always", *AboveLimit.values),
        WithholdingRule.AfterRefund.values,
        CashMoment.values,
        (False, True),
    )
)


@pytest.mark.parametrize(("above_limit", "after_refund", "cash_moment", "taxes_shipping"), READINGS)
def test_declaration_certificate_statement_and_books_agree(
    above_limit: str, after_refund: str, cash_moment: str, *, taxes_shipping: bool
) -> None:
    """Two sales, one at the door, around a limit that the second passes; a part of each goes back, one after all."""
    load_money_rules()
    read_as(cash_moment=cash_moment, taxes_shipping=taxes_shipping, after_refund=after_refund)
    if above_limit != "always":
        read_as(policy="above_limit", yearly_limit=120_000, above_limit=above_limit)
    paid = tams(paid_order(to="delivered"))
    parcel_handed_over({"seller_order": paid.pk})
    cash = tams(cash_order(to="delivered"))
    for parcel in (paid, cash):
        refunded(parcel, 33_333, 1_111)
    handed_over(cash)
    refunded(cash, 11_111, 0)
    assert find_differences() == []
    today = timezone.localdate()
    declared, statement = totals(today.year, today.month), month_statement(anh_tam(), today.year, today.month)
    kept = -balance(of_market(Account.Kind.WITHHELD_TAX))
    below_limit = cash_moment == CashMoment.NEVER and above_limit != "always"
    assert kept > 0 or below_limit
    assert declared[-1] == kept == declared[-2] + declared[-3] == -statement.totals.tax
    assert declared[6] + declared[7] == declared[8] >= declared[9]
    assert f"{kept:,}".replace(",", ".") in pdf_words(certificate(anh_tam(), today.year))


def handed_over(parcel: SellerOrder) -> None:
    """Its carrier's list is applied, and the job that follows runs twice."""
    rows = [["Mã vận đơn", "Tiền thu hộ", "Phí", "Ngày trả tiền"]]
    rows.append([parcel.number, str(parcel.due), "0", f"{timezone.localdate():%d/%m/%Y}"])
    applied(xlsx(*rows), kind="carrier", carrier=str(parcel.carrier), name="vtp.xlsx")
    for _ in range(2):
        cash_handed_over(Job.objects.get(kind="cash_handed_over").payload)

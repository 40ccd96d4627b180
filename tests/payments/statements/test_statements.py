"""A seller's statement: plain words, the same sums everywhere, nobody else's orders."""

import datetime
import io

import openpyxl
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from marketplace.order.models import Order
from marketplace.order.services import mark_paid, move
from payments.commission.loading import load_rules
from payments.commission.models import Commission, CommissionRule
from payments.handover import parcel_handed_over
from payments.ledger.accounts import owed_to
from payments.ledger.giving_back import refund_owed
from payments.ledger.postings import order_paid
from payments.models import Payment, Refund
from payments.parcel_refunds import give_back_parcel
from payments.statements.files import statement_xlsx
from payments.statements.statement import Amounts, month_statement, months_of, steps_of, year_statement
from payments.tax.loading import load_withholding
from tests.factories import anh_tam, htx_dong_phu
from tests.payments.orders import make_order, make_payment
from tests.reading import pdf_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def order() -> Order:
    """Anh Tâm sells for 100.000 đồng, the cooperative for 200.000; each parcel's freight is 30.000."""
    load_rules()
    load_withholding()
    return sell(130_000, 230_000)


@pytest.fixture
def tam(client: Client) -> Client:
    client.force_login(anh_tam().members.get().user)
    return client


def sell(*totals: int) -> Order:
    order = make_order(*totals)
    payment = make_payment(order)
    Payment.objects.filter(pk=payment.pk).update(
        state="confirmed", confirmed_at=timezone.now(), received=payment.amount
    )
    mark_paid(order, amount=150_000)
    order_paid(order, payment)
    for parcel in order.seller_orders.all():
        move(parcel, "packing")
        move(parcel, "handed_over", carrier="Viettel Post")
        parcel_handed_over({"seller_order": parcel.pk})
    return order


def this_month() -> tuple[int, int]:
    today = timezone.localdate()
    return today.year, today.month


def sheet_words(content: bytes) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return " ".join(str(cell.value) for row in sheet.iter_rows() for cell in row)


def test_an_order_in_parts_that_sum_to_what_is_received(order: Order) -> None:
    row = month_statement(anh_tam(), *this_month()).rows[0]
    assert row.number == order.seller_orders.get(partner=anh_tam()).number
    assert row.amounts == Amounts(goods=100_000, commission=-3_000, tax=-1_500, shipping=30_000)
    assert row.amounts.net == owed_to(anh_tam()) == 125_500


def test_a_refund_gives_commission_and_tax_back(order: Order) -> None:
    parcel = order.seller_orders.get(partner=anh_tam())
    give_back_parcel({"seller_order": parcel.pk})
    amounts = month_statement(anh_tam(), *this_month()).totals
    assert amounts == Amounts(goods=100_000, refunds=-130_000, shipping=30_000)
    assert sum(step.amount for step in steps_of(parcel)) == 0


class TestTheBordersOfMonthsAndYears:
    """Half an hour before and after midnight in Vietnam, which is one and the same day in UTC."""

    @pytest.fixture(autouse=True)
    def _sales(self) -> None:
        for at in ("2026-10-31 23:30", "2026-11-01 00:30", "2026-12-31 23:30", "2027-01-01 00:30"):
            here = timezone.make_aware(datetime.datetime.fromisoformat(at))
            with time_machine.travel(here, tick=False):
                sell(130_000)

    def test_are_vietnams(self) -> None:
        found = [
            month_statement(anh_tam(), *month) for month in ((2026, 10), (2026, 11), (2026, 12), (2027, 1))
        ]
        assert [len(one.rows) for one in found] == [1, 1, 1, 1]
        assert [one.rows[0].on.isoformat() for one in found] == [
            "2026-10-31",
            "2026-11-01",
            "2026-12-31",
            "2027-01-01",
        ]
        assert [one.first.month for one in months_of(anh_tam())] == [1, 12, 11, 10]

    def test_make_a_years_statement_of_its_months(self) -> None:
        months = [month_statement(anh_tam(), 2026, month) for month in range(1, 13)]
        year = year_statement(anh_tam(), 2026)
        assert year.totals == Amounts.total_of(one.totals for one in months)
        assert year.rows == tuple(row for one in months for row in one.rows)
        assert (year.first.isoformat(), year.last.isoformat()) == ("2026-01-01", "2026-12-31")

    def test_hold_in_the_years_files_too(self, tam: Client) -> None:
        numbers = [row.number for row in year_statement(anh_tam(), 2026).rows]
        later = year_statement(anh_tam(), 2027).rows[0].number
        for kind, read in (("pdf", pdf_words), ("xlsx", sheet_words)):
            words = read(tam.get(f"/ban-hang/tien/2026/sao-ke.{kind}").content)
            assert all(number in words for number in numbers)
            assert later not in words
            assert "01/01/2026" in words and "31/12/2026" in words


def test_rules_of_later_days_leave_a_sold_parcel_as_it_was(order: Order) -> None:
    before = month_statement(anh_tam(), *this_month()).totals
    CommissionRule.objects.update(basis_points=2_000)
    again = order.payments.get()
    order_paid(order, again)
    assert month_statement(anh_tam(), *this_month()).totals == before
    assert Commission.objects.count() == 2


def test_partial_refunds_give_back_exactly_what_was_kept(order: Order) -> None:
    parcel, payment = order.seller_orders.get(partner=anh_tam()), order.payments.get()
    for part in (33_333, 33_333, 33_334):
        refund = Refund.objects.create(
            payment=payment, amount=part, reason="x", key=f"x{part}{Refund.objects.count()}"
        )
        refund_owed(refund, parcel)
    amounts = month_statement(anh_tam(), *this_month()).totals
    assert (amounts.commission, amounts.tax, amounts.refunds) == (0, 0, -100_000)


class TestPages:
    def test_the_months_and_what_is_owed(self, tam: Client, order: Order) -> None:
        page = tam.get("/ban-hang/tien/").content.decode()
        assert "125.500" in page
        year, month = this_month()
        assert f"/ban-hang/tien/{year}/{month}/" in page

    def test_a_month_lists_own_orders_only(self, tam: Client, order: Order) -> None:
        year, month = this_month()
        page = tam.get(f"/ban-hang/tien/{year}/{month}/").content.decode()
        mine = order.seller_orders.get(partner=anh_tam()).number
        other = order.seller_orders.get(partner=htx_dong_phu()).number
        assert mine in page
        assert other not in page
        assert tam.get(f"/ban-hang/tien/don/{other}/").status_code == 404

    def test_an_order_step_by_step(self, tam: Client, order: Order) -> None:
        number = order.seller_orders.get(partner=anh_tam()).number
        page = tam.get(f"/ban-hang/tien/don/{number}/").content.decode()
        for words in ("100.000", "-3.000", "-1.500", "30.000", "125.500"):
            assert words in page

    @pytest.mark.parametrize("address", ["2026/13/", "2026/0/", "99999/1/", "2026/sao-ke.exe"])
    def test_there_is_no_such_month_or_file(self, tam: Client, address: str) -> None:
        assert tam.get(f"/ban-hang/tien/{address}").status_code == 404

    def test_helpers_do_not_see_the_money(self, tam: Client) -> None:
        anh_tam().members.update(role="staff")
        assert tam.get("/ban-hang/tien/").status_code == 403

    def test_the_pdf_has_the_sums(self, tam: Client, order: Order) -> None:
        year, month = this_month()
        answer = tam.get(f"/ban-hang/tien/{year}/{month}/sao-ke.pdf")
        text = pdf_words(answer.content)
        assert "125.500" in text
        assert "Nhà vườn anh Tâm" in text

    def test_before_listing_a_seller_reads_what_the_market_keeps(self, tam: Client) -> None:
        load_rules()
        load_withholding()
        page = tam.get("/ban-hang/san-pham/them/").content.decode().replace("\xa0", " ")
        assert "3 %" in page
        assert "100.000 ₫" in page
        assert "95.500 ₫" in page


def test_the_spreadsheet_has_numbers_and_no_formula(order: Order) -> None:
    stall = anh_tam()
    stall.name = "=HYPERLINK(1)"
    content = statement_xlsx(month_statement(stall, *this_month()), stall)
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert sheet["A1"].value == "=HYPERLINK(1)"
    amounts = [cell.value for cell in sheet[6]][2:-1]
    assert amounts == [100_000, -3_000, -1_500, 0, 30_000, 0, 125_500]

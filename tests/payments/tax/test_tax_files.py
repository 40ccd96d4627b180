"""The month's declaration and the year's certificate."""

import datetime
import io
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from openpyxl import load_workbook

from marketplace.order.models import SellerOrder
from payments.tax.certificate import certificate
from payments.tax.declaration import declaration
from payments.tax.loading import load_withholding
from payments.tax.models import Taxpayer, Withheld
from payments.tax.services import withhold
from tests.factories import anh_tam, make_order, make_partner, make_product, make_user
from tests.payments.tax.sales import give_back
from tests.reading import pdf_words
from tests.second_factor import sign_in_staff

pytestmark = pytest.mark.django_db
OCTOBER = datetime.datetime(2026, 10, 31, 23, 30, tzinfo=timezone.get_default_timezone())
NOVEMBER = datetime.datetime(2026, 11, 1, 0, 30, tzinfo=timezone.get_default_timezone())


@pytest.fixture
def _sales() -> None:
    """Anh Tâm sells for 100.000 and 200.000 in October; 50.000 of the first come back in November."""
    load_withholding()
    first = sold(anh_tam(), 100_000, OCTOBER)
    sold(anh_tam(), 200_000, OCTOBER)
    give_back(first, goods=50_000, refund_pk=1, occurred_at=NOVEMBER)


def sold(seller: Any, goods: int, at: datetime.datetime) -> SellerOrder:
    parcel: SellerOrder = make_order((make_product(partner=seller, price=goods), 1)).seller_orders.get()
    withhold(parcel, occurred_at=at)
    return parcel


def sheet_of(content: bytes) -> list[tuple[Any, ...]]:
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows()]


def rows_of(content: bytes) -> list[tuple[Any, ...]]:
    """What stands below the head."""
    rows = sheet_of(content)
    return rows[next(at for at, row in enumerate(rows) if row[0] == "STT") + 1 :]


@pytest.mark.usefixtures("_sales")
class TestTheDeclaration:
    def test_adds_up_the_month_in_numbers(self) -> None:
        Taxpayer.objects.create(partner=anh_tam(), name="Điểu Tâm", number="070090001234")
        line, totals = rows_of(declaration(2026, 10))
        assert line[:6] == (1, "070090001234", "Điểu Tâm", "Nhà vườn anh Tâm", "0912 000 002", 2)
        assert line[6:] == (300_000, 0, 300_000, 300_000, 3_000, 1_500, 4_500)
        assert totals[5:] == (2, 300_000, 0, 300_000, 300_000, 3_000, 1_500, 4_500)

    def test_warns_of_sellers_without_a_tax_number(self) -> None:
        warning = "CHÚ Ý: còn 1 người bán chưa có mã số thuế. Hỏi họ trước khi nộp tờ khai."
        assert sheet_of(declaration(2026, 10))[1][0] == warning
        assert rows_of(declaration(2026, 10))[0][1] == "CÒN THIẾU"
        Taxpayer.objects.create(partner=anh_tam(), name="Điểu Tâm", number="070090001234")
        assert sheet_of(declaration(2026, 10))[1][0] == "STT"

    def test_takes_a_refund_off_in_the_month_in_which_it_happened(self) -> None:
        line, _totals = rows_of(declaration(2026, 11))
        assert line[5:] == (0, 0, -50_000, -50_000, -50_000, -500, -250, -750)

    def test_of_a_quiet_month_has_totals_of_nothing(self) -> None:
        assert rows_of(declaration(2026, 9))[-1][5:] == (0, 0, 0, 0, 0, 0, 0, 0)

    def test_no_name_of_a_seller_is_a_formula(self) -> None:
        sold(make_partner('=HYPERLINK("http://x")'), 1_000, OCTOBER)
        sheet = load_workbook(io.BytesIO(declaration(2026, 10))).worksheets[0]
        cells = [cell for row in sheet.iter_rows() for cell in row]
        assert [cell.value for cell in cells if str(cell.value).startswith("=")] != []
        assert {cell.data_type for cell in cells if cell.value is not None} == {"s", "n"}

    def test_is_the_same_bytes_whenever_it_is_written(self) -> None:
        assert declaration(2026, 10) == declaration(2026, 10)


@pytest.mark.usefixtures("_sales")
class TestTheCertificate:
    def test_names_the_seller_the_months_and_the_year(self) -> None:
        text = pdf_words(certificate(anh_tam(), 2026))
        for words in ("Nhà vườn anh Tâm", "10/2026", "300.000", "11/2026", "-50.000", "250.000", "3.750"):
            assert words in text

    def test_of_a_year_without_sales_says_nothing_was_kept(self) -> None:
        assert certificate(anh_tam(), 2025).startswith(b"%PDF")


@pytest.mark.usefixtures("_sales")
class TestTheAdmin:
    @pytest.fixture
    def staff(self, client: Client) -> Client:
        sign_in_staff(client, make_user("+84912000077", "Kế Toán", is_staff=True, is_superuser=True))
        return client

    @pytest.mark.parametrize("model", ["withholdingrule", "taxpayer", "withheld"])
    def test_shows_every_table(self, staff: Client, model: str) -> None:
        assert staff.get(f"/admin/tax/{model}/").status_code == 200

    def test_lets_nobody_change_what_was_kept_back(self, staff: Client) -> None:
        row = Withheld.objects.latest("pk")
        assert staff.post(f"/admin/tax/withheld/{row.pk}/change/", {"vat": 1}).status_code == 403
        assert staff.get("/admin/tax/withheld/add/").status_code == 403

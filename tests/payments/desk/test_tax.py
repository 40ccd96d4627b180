"""The declaration of any month, and any seller's certificate of a year."""

from typing import Any

import pytest
from django.test import Client

from payments.tax.loading import load_withholding
from tests.factories import anh_tam, make_partner
from tests.payments.desk.people import chi_thu, signed_in, text
from tests.payments.tax.sales import give_back
from tests.payments.tax.test_tax_files import NOVEMBER, OCTOBER, rows_of, sold
from tests.reading import pdf_words

pytestmark = pytest.mark.django_db


@pytest.fixture
def thu() -> Client:
    return signed_in(chi_thu())


def declared(client: Client, **said: Any) -> Any:
    return client.get("/ban-tien/thue/to-khai/", said)


def certified(client: Client, **said: Any) -> Any:
    return client.get("/ban-tien/thue/chung-tu/", said)


class TestTheDeclaration:
    @pytest.mark.parametrize(("month", "revenue"), [(10, 100_000), (11, -50_000), (9, 0)])
    def test_is_of_the_month_that_is_asked_for(self, thu: Client, month: int, revenue: int) -> None:
        load_withholding()
        give_back(sold(anh_tam(), 100_000, OCTOBER), goods=50_000, refund_pk=1, occurred_at=NOVEMBER)
        answer = declared(thu, month=month, year=2026)
        assert answer["Content-Disposition"] == f'attachment; filename="thue-khau-tru-2026-{month:02}.xlsx"'
        assert rows_of(answer.content)[-1][8] == revenue

    @pytest.mark.parametrize("said", [{}, {"month": 13, "year": 2026}, {"month": 1, "year": 0}, {"month": 1}])
    def test_of_no_month_is_asked_for_again(self, thu: Client, said: dict[str, int]) -> None:
        answer = declared(thu, **said)
        assert answer.status_code == 422 and answer.context["declare"].errors

    def test_keeps_the_month_where_the_year_is_missing(self, thu: Client) -> None:
        assert '<option value="4" selected>' in declared(thu, month=4).content.decode()


class TestTheCertificate:
    def test_is_of_the_seller_and_the_year_that_are_asked_for(self, thu: Client) -> None:
        answer = certified(thu, seller=anh_tam().code, year=2025)
        assert f"{anh_tam().code}-2025.pdf" in answer["Content-Disposition"]
        words = pdf_words(answer.content)
        assert anh_tam().name in words and "2025" in words

    @pytest.mark.parametrize("said", [{}, {"seller": "khong-co", "year": 2026}, {"year": 2026}])
    def test_of_nobody_is_asked_for_again(self, thu: Client, said: dict[str, Any]) -> None:
        answer = certified(thu, **said)
        assert answer.status_code == 422 and answer.context["certify"].errors["seller"]


def test_the_page_offers_every_stall_in_the_same_questions(
    thu: Client, django_assert_max_num_queries: Any
) -> None:
    anh_tam()
    with django_assert_max_num_queries(20) as few:
        text(thu, "desk:tax")
    for name in ("Vườn một", "Vườn hai", "Vườn ba"):
        make_partner(name)
    with django_assert_max_num_queries(len(few)):
        page = text(thu, "desk:tax")
    assert "Vườn một" in page and anh_tam().code in page
    assert 'id="to-khai-year"' in page and 'id="chung-tu-year"' in page


def test_the_desks_menu_leads_to_it(thu: Client) -> None:
    assert 'href="/ban-tien/thue/"' in text(thu, "desk:home")

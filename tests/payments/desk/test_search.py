"""The desk's one field finds what the bank's statement brought, however it was typed, and says what it left out."""

import html
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payments.desk.search import MOST, find
from payments.models import Payment
from payments.reconciliation.models import Item, Statement, StatementRow
from payments.reconciliation.statements import bring_in, discard
from tests.payments.desk.people import chi_thu, signed_in, text, transfer_of
from tests.payments.orders import make_payment
from tests.payments.reconciliation.files import applied, bank_csv
from tests.payments.reconciliation.test_missing_there import days_ago, told

pytestmark = pytest.mark.django_db


def row(reference: str, credit: str, memo: str, *, debit: str = "") -> bytes:
    return bank_csv(f"{days_ago(0)};{reference};{debit};{credit};{memo}")


def page(typed: str) -> str:
    return html.unescape(text(signed_in(chi_thu()), "desk:search", q=typed))


class TestDifferences:
    @pytest.mark.parametrize(
        "typed", ["FTMOMO", "ftmomo", "1.000.000", "1 triệu", "-1.000.000", "vi dien tu momo"]
    )
    def test_are_found_by_the_rows_reference_amount_and_words(self, typed: str) -> None:
        applied(row("FTMOMO", "1.000.000", "VI DIEN TU MOMO TRA"))
        item = Item.objects.get()
        found = find(typed)
        assert (found.items, found.rows) == ([item], [])
        shown = page(typed)
        assert f"/doi-soat/lech/{item.pk}/" in shown and "1.000.000 ₫" in shown

    def test_of_money_that_left_are_found_by_the_sum_without_its_sign(self) -> None:
        applied(row("FTPHI", "", "PHI DICH VU", debit="11.000"))
        assert find("11.000").items == [Item.objects.get()]

    def test_of_a_payment_are_found_by_its_order(self) -> None:
        payment = make_payment(provider="momo")
        item = Item.objects.create(
            source="momo",
            finding="amount_differs",
            reference=payment.reference,
            payment=payment,
            their_amount=7,
        )
        for typed in (payment.reference, payment.order.number):
            assert find(typed).items == [item], typed

    def test_of_a_transfer_that_no_statement_shows_are_found_by_its_words(self) -> None:
        transfer = told(5)
        applied(bank_csv(f"{days_ago(20)};FT1;;5.000;dau ky", f"{days_ago(0)};FT2;;6.000;cuoi ky"))
        assert Item.objects.get(transfer=transfer) in find(transfer.content).items


class TestRowsOfStatements:
    def test_that_opened_no_difference_are_found_and_shown_alone(self) -> None:
        content = bank_csv("31/02/2026;FTXAU;;12.000;TIEN TIEU", f"{days_ago(0)};FTTOT;;13.000;TIEN DIEU")
        kept = bring_in(kind="bank", carrier="", name="sao-ke.csv", content=content, by=chi_thu())
        [bad] = find("ftxau").rows
        assert (bad.statement, bad.line) == (kept, 3)
        assert f"/doi-soat/sao-ke/{kept.pk}/?dong=3" in page("tien tieu")
        alone = text(signed_in(chi_thu()), "desk:statement", kept.pk, dong="3")
        assert "FTXAU" in alone and "FTTOT" not in alone

    def test_are_left_out_once_their_file_was_set_aside(self) -> None:
        content = row("FTKHAC", "12.000", "TIEN TIEU")
        discard(bring_in(kind="bank", carrier="", name="nham.csv", content=content, by=chi_thu()))
        assert not find("FTKHAC")

    def test_are_there_once_though_two_statements_have_them(self) -> None:
        same = f"{days_ago(0)};FTHAI;;12.000;TIEN TIEU"
        applied(bank_csv(same), name="a.csv")
        applied(bank_csv(same, f"{days_ago(0)};FTBA;;13.000;TIEN DIEU"), name="b.csv")
        assert Statement.objects.count() == 2
        assert len(find("FTHAI").items) == 1 and find("FTHAI").rows == []


class TestWords:
    @pytest.mark.parametrize("memo", ["NGUYEN VAN THU CK", "Nguyễn Văn Thư ck", "MBVCB.1.NGUYEN.VAN.THU"])
    @pytest.mark.parametrize("typed", ["Nguyễn Văn Thu", "nguyen van thu", "NGUYỄN  VĂN THƯ"])
    def test_are_found_whatever_the_bank_did_to_their_marks_and_dots(self, memo: str, typed: str) -> None:
        transfer = transfer_of(memo)
        assert find(typed).transfers == [transfer]

    def test_that_are_only_dots_are_none(self) -> None:
        transfer_of("tra tien tieu")
        assert not find("....")


@pytest.mark.parametrize("typed", ["558k", "558 nghìn", "558.000", "558,000.00", "558000đ"])
def test_amounts_are_read_as_the_desks_other_fields_read_them(typed: str) -> None:
    transfer = transfer_of("tra tien tieu", 558_000)
    assert find(typed).transfers == [transfer]


@pytest.mark.parametrize("typed", ["0", "-", "+-", "9" * 30])
def test_what_is_no_sum_finds_no_sums(typed: str) -> None:
    Item.objects.create(source="momo", finding="unreadable", reference="x")
    assert not find(typed)


class TestManyThatFit:
    @pytest.mark.parametrize(("many", "says"), [(MOST, False), (MOST + 1, True)])
    def test_are_cut_and_the_page_says_so(self, many: int, says: bool) -> None:
        rows = [f"{days_ago(0)};FT{n};;77.000;khoan {n}" for n in range(many)]
        applied(bank_csv(*rows))
        found = find("77.000")
        assert (len(found.items), found.is_cut) == (MOST, says)
        assert (f"Chỉ hiện {MOST} kết quả mới nhất" in page("77.000")) == says

    def test_take_the_same_questions_as_none(self, django_assert_num_queries: Any) -> None:
        with django_assert_num_queries(8):
            assert not find("77.000")
        for n in range(3):
            make_payment(amount=77_000)
            transfer_of(f"khoan {n}", 77_000)
        applied(bank_csv(*(f"{days_ago(0)};FT{n};;77.000;x{n}" for n in range(3))))
        client = signed_in(chi_thu())
        with django_assert_num_queries(8):
            found = find("77.000")
        assert [len(some) for some in (found.payments, found.transfers, found.items)] == [3, 3, 3]
        client.get("/ban-tien/tim/", {"q": "77.000"})
        with CaptureQueriesContext(connection) as empty:
            client.get("/ban-tien/tim/", {"q": "khong co gi"})
        with CaptureQueriesContext(connection) as full:
            client.get("/ban-tien/tim/", {"q": "77.000"})
        assert len(full) == len(empty)


def test_no_large_table_is_read_from_end_to_end() -> None:
    """What PostgreSQL plans when it may neither read a table through nor follow an index of its order."""
    with CaptureQueriesContext(connection) as asked:
        find("0912000001")
        find("BP tra tien tieu")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_indexscan = off")
        plans = [_plan(cursor, query["sql"]) for query in asked]
    tables = [model._meta.db_table for model in (Payment, StatementRow)] + [
        "payments_transfer",
        "order_order",
    ]
    for table in tables:
        assert any(table in plan for plan in plans)
        assert not [plan for plan in plans if f"Seq Scan on {table}" in plan], table


def _plan(cursor: Any, sql: str) -> str:
    cursor.execute(f"EXPLAIN {sql}")
    return "\n".join(line for (line,) in cursor.fetchall())

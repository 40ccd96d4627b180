"""Rows that cannot be read are counted where statements are compared, and wait until a person has looked at them."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments.audit.services import audit
from payments.desk.models import DeskAction
from payments.ledger.models import Entry
from payments.reconciliation import statements
from payments.reconciliation.models import Item, Statement
from payments.reconciliation.statements import bring_in
from payments.reconciliation.tallies import tallies
from tests.payments.desk.people import chi_thu, post, signed_in, text
from tests.payments.reconciliation.files import applied, bank_csv, camt, camt_entry, outcomes, xlsx
from tests.payments.reconciliation.test_carriers import CARRIER, HEAD, TODAY
from tests.payments.reconciliation.test_missing_there import days_ago

pytestmark = pytest.mark.django_db
BAD = ("31/02/2026;FT1;;1.000;tien tieu", f"{TODAY};FT2;;12,5;tien dieu")


def shown(client: Client, name: str, *args: Any) -> str:
    return html.unescape(text(client, name, *args))


def waiting() -> list[Item]:
    return list(Item.objects.filter(finding="unreadable", state="open"))


class TestAStatementWithSome:
    def test_says_on_the_page_compare_how_many_and_leads_to_them(self) -> None:
        statement = applied(bank_csv(*BAD, f"{TODAY};FT3;;7.000;x"))
        tally = tallies([statement])[statement.pk]
        assert (tally.unreadable, tally.differing, tally.difference) == (2, 1, 7_000)
        page = shown(signed_in(chi_thu()), "desk:reconciliation").partition('id="sao-ke"')[2]
        assert f'/doi-soat/sao-ke/{statement.pk}/?loai=unreadable">2</a>' in page
        assert "không đọc được: 2" in shown(signed_in(chi_thu()), "desk:statements")

    def test_waits_as_one_difference_until_a_person_says_what_they_were(self) -> None:
        statement, client = applied(bank_csv(*BAD), name="thang-11.csv"), signed_in(chi_thu())
        [item] = waiting()
        assert client.get("/ban-tien/").context["queues"].items == 1
        assert "thang-11.csv" in shown(client, "desk:reconciliation").partition('id="sao-ke"')[0]
        page = shown(client, "desk:item", item.pk)
        assert f"/doi-soat/sao-ke/{statement.pk}/?loai=unreadable" in page
        post(client, "desk:item_resolve", item.pk, "ghi-chu", words="hai dòng tiêu đề in lại")
        assert waiting() == []
        assert DeskAction.objects.filter(kind="item_resolved").exists()
        assert Entry.objects.get(kind="memorandum").key == f"settled:{item.pk}"

    def test_says_nothing_of_our_books(self) -> None:
        applied(bank_csv(*BAD))
        assert audit().is_clean

    def test_waits_for_each_file_though_both_are_called_the_same(self) -> None:
        for row in BAD:
            applied(bank_csv(row), name="sao-ke.csv")
        assert len(waiting()) == 2

    def test_of_a_carrier_waits_too(self) -> None:
        applied(xlsx(HEAD, ["VTP1", "12,5", 0, TODAY]), kind="carrier", carrier=CARRIER, name="vtp.xlsx")
        assert [(item.source, item.reference) for item in waiting()] == [(CARRIER, "vtp.xlsx")]

    def test_waits_once_the_last_of_its_rows_is_applied(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(statements, "ROWS_AT_ONCE", 1)
        statement = applied(bank_csv(*BAD, *(f"{TODAY};FT{n};;{n};x" for n in (3, 4))))
        assert (statement.state, waiting()) == (Statement.State.APPLYING, [])
        statements.apply_rest({"statement": statement.pk})
        statements.apply_rest({"statement": statement.pk})
        assert len(waiting()) == 1


class TestNobodyWaitsFor:
    def test_a_statement_whose_rows_can_all_be_read(self) -> None:
        applied(bank_csv(f"{TODAY};FT3;;7.000;x"))
        assert waiting() == []

    def test_what_the_bank_has_not_booked(self) -> None:
        statement = applied(camt(camt_entry("7", "x", state="<Sts>PDNG</Sts>")), name="a.xml")
        assert (outcomes(statement), waiting()) == (["unused"], [])

    def test_a_carriers_line_of_totals(self) -> None:
        rows = [["VTP1", 1_000, 0, TODAY], ["", 1_000, 0, ""]]
        statement = applied(xlsx(HEAD, *rows), kind="carrier", carrier=CARRIER, name="vtp.xlsx")
        assert (outcomes(statement), waiting()) == (["differs", "unused"], [])

    @pytest.mark.parametrize("row", ["Số dư đầu kỳ;;;1.000.000;", ";;95.000;1.500.000;"])
    def test_a_banks_balances_and_sums(self, row: str) -> None:
        statement = applied(bank_csv(row, f"{TODAY};FT3;;7.000;x"))
        assert (outcomes(statement), waiting()) == (["unused", "differs"], [])

    @pytest.mark.parametrize("row", ["31/02/2026;;;1.000;", "hôm qua;FT1;;1.000;", ";;;1.000;tien tieu"])
    def test_what_may_be_a_movement_is_none_of_these(self, row: str) -> None:
        assert outcomes(applied(bank_csv(row))) == ["unreadable"]
        assert len(waiting()) == 1


class TestADayThatHasNotCome:
    @pytest.mark.parametrize("day", ["01/01/2099", days_ago(-2)])
    def test_is_said_and_brings_nothing(self, day: str) -> None:
        statement = applied(bank_csv(f"{day};FT1;;1.000;x"))
        assert outcomes(statement) == ["unreadable"]
        assert statement.rows.get().error == f"Ngày {day} chưa tới."
        assert [item.found_in for item in Item.objects.all()] == [statement]

    def test_may_be_tomorrow_where_clocks_differ(self) -> None:
        assert outcomes(applied(bank_csv(f"{days_ago(-1)} 23:59;FT1;;1.000;x"))) == ["differs"]

    def test_is_said_of_camt_and_of_carriers_lists(self) -> None:
        after = timezone.localdate() + timedelta(days=2)
        entry = camt_entry("7", "x", day=after.isoformat())
        listed = xlsx(HEAD, ["VTP1", 1_000, 0, f"{after:%d/%m/%Y}"])
        for kind, carrier, content in (("bank", "", camt(entry)), ("carrier", CARRIER, listed)):
            kept = bring_in(kind=kind, carrier=carrier, name=kind, content=content, by=chi_thu())
            assert "chưa tới" in kept.rows.get().error

"""A statement that was applied says what it came to, as a question to a rail does."""

from typing import Any

import pytest

from payments.reconciliation.bank_resolving import charge_bank_fee
from payments.reconciliation.models import Item, Statement
from payments.reconciliation.tallies import Tally, tallies
from tests.payments.desk.people import chi_thu, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.reconciliation.files import applied, bank_csv, row_of, xlsx
from tests.payments.reconciliation.test_carriers import CARRIER, HEAD, TODAY, collected, handed_over
from tests.payments.reconciliation.test_missing_there import days_ago, told

pytestmark = pytest.mark.django_db


def of(statement: Statement) -> tuple[int, ...]:
    """Of which: match, missing here, missing there, amount differs, status differs; and the sum."""
    tally = tallies([statement])[statement.pk]
    return (*(count for _label, count in tally.named), tally.difference)


def a_statement() -> Statement:
    """A row that agrees, one of another sum, one of nobody, one that left; and one of ours that it has not."""
    told(5)
    agrees, other = (transfer_of(make_payment().reference) for _ in range(2))
    return applied(
        bank_csv(
            f"{days_ago(20)};FT1;;5.000;dau ky",
            row_of(agrees),
            row_of(other, credit="149.000"),
            f"{days_ago(0)};FT2;11.000;;phi",
            "hôm qua;FT3;;1;x",
        )
    )


def test_counts_each_finding_and_adds_up_what_differs() -> None:
    assert of(a_statement()) == (1, 2, 1, 1, 0, 5_000 + 11_000 + TOTAL + 1_000)


def test_stays_what_it_was_when_a_person_settles_a_row() -> None:
    statement = a_statement()
    before = of(statement)
    charge_bank_fee(Item.objects.get(their_amount=-11_000), by=chi_thu())
    assert of(statement) == before


def test_what_is_missing_counts_for_the_statement_that_should_have_shown_it_first() -> None:
    first = a_statement()
    second = applied(bank_csv(f"{days_ago(0)};FT4;;2;cuoi ky"))
    assert of(second) == (0, 1, 0, 0, 0, 2)
    assert {pk: tally.differing for pk, tally in tallies([first, second]).items()} == {
        first.pk: 4,
        second.pk: 1,
    }


def test_of_a_carriers_list_too() -> None:
    agrees, less, on_its_way = collected(), collected(), handed_over()
    rows = [
        [agrees.tracking_number, TOTAL, 0, TODAY],
        [less.tracking_number, TOTAL - 1_000, 0, TODAY],
        [on_its_way.tracking_number, TOTAL, 0, TODAY],
        ["VTP-LA", 7_000, 0, TODAY],
    ]
    statement = applied(xlsx(HEAD, *rows), kind="carrier", carrier=CARRIER, name="vtp.xlsx")
    assert of(statement) == (1, 1, 0, 1, 1, 7_000 + 1_000)


def test_is_on_its_page_and_in_the_list() -> None:
    statement, client = a_statement(), signed_in(chi_thu())
    page = text(client, "desk:statement", statement.pk)
    assert "167.000" in page
    assert "167.000" in text(client, "desk:statements")


def test_the_list_asks_no_more_questions_for_more_statements(django_assert_num_queries: Any) -> None:
    for n in range(3):
        applied(bank_csv(f"{days_ago(0)};FT{n};;{n + 1};x"))
    statements = list(Statement.objects.all())
    with django_assert_num_queries(2):
        tallies(statements)
    assert tallies([]) == {} and Tally().differing == 0


def test_the_list_goes_on_over_the_page() -> None:
    for n in range(31):
        Statement.objects.create(kind="bank", name=f"sao-ke-{n}.csv", sha256=str(n), read_by=chi_thu())
    client = signed_in(chi_thu())
    assert "sao-ke-0.csv" not in text(client, "desk:statements")
    assert "sao-ke-0.csv" in text(client, "desk:statements", trang="2")

"""The page "Compare" says what was compared last, with whom, and what it came to."""

import html
from typing import Any

import pytest
from django.utils import timezone

from payments.desk.views.reconciliation import LAST
from payments.reconciliation.models import Run
from payments.reconciliation.statements import bring_in
from tests.payments.desk.people import chi_thu, signed_in, text
from tests.payments.reconciliation.files import applied, bank_csv, xlsx
from tests.payments.reconciliation.test_carriers import CARRIER, HEAD, TODAY
from tests.payments.reconciliation.test_missing_there import days_ago
from tests.payments.reconciliation.test_tallies import a_statement

pytestmark = pytest.mark.django_db


def page() -> str:
    return html.unescape(text(signed_in(chi_thu()), "desk:reconciliation"))


def test_shows_the_last_statements_with_their_counts_and_the_sum_of_differences() -> None:
    statement = a_statement()
    applied(xlsx(HEAD, ["VTP-LA", 7_000, 0, TODAY]), kind="carrier", carrier=CARRIER, name="vtp.xlsx")
    shown = page().partition('id="sao-ke"')[2]
    assert f"/doi-soat/sao-ke/{statement.pk}/" in shown and "vtp.xlsx" in shown and CARRIER in shown
    assert [f">{sum_} ₫<" in shown for sum_ in ("167.000", "7.000")] == [True, True]


def test_leaves_out_what_nobody_has_applied_and_the_older_ones() -> None:
    bring_in(
        kind="bank", carrier="", name="chua.csv", content=bank_csv(f"{days_ago(1)};A;;1;x"), by=chi_thu()
    )
    for n in range(LAST + 1):
        applied(bank_csv(f"{days_ago(1)};FT{n};;{n + 1};x{n}"), name=f"tep-{n:02}.csv")
    shown = page()
    assert ("chua.csv" in shown, "tep-00.csv" in shown, f"tep-{LAST:02}.csv" in shown) == (False, False, True)


def test_takes_the_same_questions_for_many(django_assert_max_num_queries: Any) -> None:
    client = signed_in(chi_thu())
    applied(bank_csv(f"{days_ago(1)};FT0;;1;x"))
    with django_assert_max_num_queries(30) as few:
        text(client, "desk:reconciliation")
    for n in range(5):
        applied(bank_csv(f"{days_ago(1)};FT{n + 1};;{n + 2};x{n}"), name=f"{n}.csv")
    with django_assert_max_num_queries(len(few)):
        text(client, "desk:reconciliation")


FINDINGS = {
    "missing_here": "Bên kia có, sổ mình không có",
    "missing_there": "Sổ mình có, bên kia không có",
    "amount_differs": "Lệch số tiền",
    "status_differs": "Lệch tình trạng",
}


def a_run(**counts: int) -> str:
    """What the page says of a question to a rail with these counts."""
    now = timezone.now()
    Run.objects.create(rail="momo", begins=now, ends=now, **counts)
    return page().partition("Các lần hỏi")[2]


@pytest.mark.parametrize("finding", FINDINGS)
def test_says_of_a_question_to_a_rail_how_many_of_each_finding_and_leaves_out_the_others(
    finding: str,
) -> None:
    shown = a_run(match=31, **{finding: 17})
    said = {name: f"{words}: 17" in shown for name, words in FINDINGS.items()}
    assert said == {name: name == finding for name in FINDINGS}
    assert not [words for name, words in FINDINGS.items() if f"{words}: 0" in shown]
    assert ">31<" in shown


def test_says_of_a_question_to_a_rail_that_nothing_differed() -> None:
    assert not [words for words in FINDINGS.values() if words in a_run(match=1)]


def test_says_of_a_statement_how_many_of_each_finding() -> None:
    a_statement()
    shown = page().partition('id="sao-ke"')[2]
    for words in ("missing_here", "missing_there", "amount_differs"):
        assert f"{FINDINGS[words]}: " in shown
    assert FINDINGS["status_differs"] not in shown

"""A row that says no more than one before: the same movement in two files, unless a person knows better."""

import pytest
from django.urls import reverse
from django.utils import timezone

from payments.desk.models import DeskAction
from payments.reconciliation.exceptions import AlreadySettled, NotThatWay
from payments.reconciliation.models import Item, Statement, StatementRow
from payments.reconciliation.statements import apply_as_another
from tests.payments.desk.people import chi_thu, post, signed_in, text
from tests.payments.reconciliation.files import applied, bank_csv, camt, camt_entry, outcomes

pytestmark = pytest.mark.django_db
TODAY = f"{timezone.localdate():%d/%m/%Y}"
SAME = f"{TODAY};;;5.000;tien hang"


def afternoon(*rows: str) -> Statement:
    """A second file of the day, after one that had the row once."""
    applied(bank_csv(SAME))
    return applied(bank_csv(*rows or (SAME, f"{TODAY};FT1;;1;cuoi ngay")))


def applied_rows() -> int:
    return StatementRow.objects.applied().filter(amount=5_000).count()


def test_its_page_says_where_it_was_and_asks_whether_it_is_another() -> None:
    statement, client = afternoon(), signed_in(chi_thu())
    [row] = statement.rows.filter(outcome="repeated")
    before = StatementRow.objects.exclude(statement=statement).get().statement
    page = text(client, "desk:statement", statement.pk)
    assert reverse("desk:statement", args=[before.pk]) in page
    assert reverse("desk:statement_row_another", args=[row.pk]) in page
    post(client, "desk:statement_row_another", row.pk)
    assert reverse("desk:statement_row_another", args=[row.pk]) not in text(
        client, "desk:statement", statement.pk
    )


def test_another_movement_is_applied_once_and_written_down() -> None:
    statement, client = afternoon(), signed_in(chi_thu())
    row = statement.rows.get(outcome="repeated")
    for _ in range(2):
        assert post(client, "desk:statement_row_another", row.pk).status_code == 302
    assert outcomes(statement) == ["differs", "differs"]
    assert Item.objects.filter(their_amount=5_000).count() == 2
    diary = DeskAction.objects.get(kind=DeskAction.Kind.ROW_APPLIED)
    assert (diary.actor, diary.amount, diary.note) == (chi_thu(), 5_000, "tien hang")


@pytest.mark.parametrize("times", [2, 3])
def test_a_file_of_the_whole_day_has_both_and_brings_no_third(times: int) -> None:
    apply_as_another(afternoon().rows.get(outcome="repeated"))
    whole = applied(bank_csv(f"{TODAY};FT2;;2;dau ngay", *[SAME] * times))
    assert outcomes(whole) == ["differs", "repeated", "repeated", "differs"][: times + 1]
    assert applied_rows() == times


def test_of_several_in_one_file_each_is_said_for_itself() -> None:
    statement = afternoon(SAME, SAME)
    assert outcomes(statement) == ["repeated", "differs"]
    apply_as_another(statement.rows.get(outcome="repeated"))
    assert applied_rows() == 3


def test_the_same_moment_is_the_same_however_it_is_written() -> None:
    day = timezone.localdate()
    applied(bank_csv(f"{day:%d/%m/%Y} 07:00;;;5.000;tien hang"))
    entry = camt_entry("5000", "tien hang", day=f"{day}T00:00:00Z")
    assert outcomes(applied(camt(entry), name="a.xml")) == ["repeated"]


def test_a_number_of_the_bank_is_believed() -> None:
    numbered = f"{TODAY};FT7;;5.000;tien hang"
    applied(bank_csv(numbered))
    again = applied(bank_csv(numbered, f"{TODAY};FT1;;1;cuoi ngay"))
    with pytest.raises(NotThatWay):
        apply_as_another(again.rows.get(outcome="repeated"))
    assert applied_rows() == 1


def test_the_first_row_is_no_other() -> None:
    with pytest.raises(AlreadySettled):
        apply_as_another(applied(bank_csv(SAME)).rows.get())

"""Entries by their key: once, whoever tells the event and however often."""

from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments.ledger.accounts import balance, clearing, of_market
from payments.ledger.exceptions import KeyReused, OnePersonOnly, Unbalanced
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post, reverse
from payments.ledger.postings import correction
from tests.factories import chi_lan, make_staff
from tests.threads import together

Kind = Account.Kind


def legs(amount: int) -> list[Leg]:
    return [Leg(clearing("vietqr"), amount), Leg(of_market(Kind.BUYER_CREDIT), -amount)]


def book(amount: int = 10_000, **changes: Any) -> Entry:
    fields = {"key": "k", "kind": Entry.Kind.MONEY_RECEIVED, "occurred_at": timezone.now()}
    with transaction.atomic():
        return post(**{**fields, "lines": legs(amount), **changes})


@pytest.mark.django_db
class TestPosting:
    def test_the_same_event_twice_is_one_entry(self) -> None:
        assert book() == book()
        assert balance(clearing("vietqr")) == 10_000

    @pytest.mark.parametrize("other", [{"amount": 9_999}, {"kind": Entry.Kind.ORDER_PAID}])
    def test_another_event_under_the_same_key_is_refused(self, other: dict[str, Any]) -> None:
        book()
        with pytest.raises(KeyReused):
            book(**other)

    def test_lines_that_do_not_balance_are_refused_before_anything_is_written(self) -> None:
        with pytest.raises(Unbalanced):
            book(lines=[Leg(clearing("vietqr"), 1)])
        with pytest.raises(Unbalanced):
            book(lines=[])
        assert not Entry.objects.exists()

    def test_legs_of_one_account_are_one_line_and_empty_ones_none(self) -> None:
        bank = of_market(Kind.BANK)
        entry = book(lines=[*legs(5), *legs(7), Leg(bank, 0)])
        assert sorted(entry.lines.values_list("amount", flat=True)) == [-12, 12]

    def test_a_reversal_is_the_mirror_image_and_comes_once(self) -> None:
        entry = book()
        back = reverse(entry, key="back", memo="a mistake")
        assert reverse(entry, key="back", memo="a mistake") == back
        assert balance(clearing("vietqr")) == 0
        assert back.reverses == entry
        with pytest.raises(IntegrityError), transaction.atomic():
            reverse(entry, key="back again", memo="a mistake")

    def test_a_correction_needs_two_people(self) -> None:
        staff = make_staff()
        with pytest.raises(OnePersonOnly):
            correction(legs(1), key="1", by=staff, approved_by=staff, memo="alone")
        entry = correction(legs(1), key="1", by=staff, approved_by=chi_lan(), memo="together")
        assert (entry.actor, entry.approved_by) == (staff, chi_lan())

    def test_the_database_too_wants_two_people_for_a_correction(self) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            book(kind=Entry.Kind.CORRECTION)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_the_same_event_told_eight_times_at_once_is_one_entry() -> None:
    answers = together([partial(book, 10_000)] * 8)
    assert {type(answer) for answer in answers} == {Entry}
    assert len({answer.pk for answer in answers}) == 1
    assert balance(clearing("vietqr")) == 10_000

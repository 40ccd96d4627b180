"""Money that differs is not talked away: a correction puts the books right, or two people say the same."""

from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from payments.audit.rails import rails_report_the_same
from payments.audit.services import find_differences
from payments.desk import corrections
from payments.desk.models import DeskAction
from payments.ledger.accounts import cash_in_transit, clearing, of_market
from payments.ledger.models import Account, Entry
from payments.reconciliation.exceptions import NotThatWay
from payments.reconciliation.models import Finding, Item
from payments.reconciliation.resolving import agree, explain
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text
from tests.payments.orders import TOTAL, make_payment
from tests.payments.reconciliation.files import applied, bank_csv

pytestmark = pytest.mark.django_db
FEES = Account.Kind.PROVIDER_FEES
WORDS = "Cổng báo nhầm"


def a_difference(**changes: Any) -> Item:
    """We booked the money of a payment, and its rail has none of it."""
    said = {"source": "vnpay", "finding": Finding.STATUS_DIFFERS, "reference": "BP1", "our_amount": TOTAL}
    item: Item = Item.objects.create(**said | {"payment": make_payment(provider="vnpay")} | changes)
    return item


def booked(debit: Account, credit: Account, amount: int) -> Entry:
    """A correction of two people."""
    proposed = corrections.propose(
        debit=debit, credit=credit, amount=amount, memo="sửa sổ", token=uuid4(), by=chi_thu()
    )
    return corrections.approve(proposed, by=chi_hoa())


def named_by_audit() -> int:
    return len(list(rails_report_the_same()))


class TestWordsAlone:
    def test_of_one_person_settle_nothing_where_the_sums_differ(self) -> None:
        item = explain(a_difference(), words=WORDS, by=chi_thu())
        assert (item.state, item.resolution, named_by_audit()) == ("open", WORDS, 1)

    def test_settle_it_once_a_second_person_agrees(self) -> None:
        item, thu, hoa = a_difference(), signed_in(chi_thu()), signed_in(chi_hoa())
        post(thu, "desk:item_resolve", item.pk, "ghi-chu", words=WORDS)
        address = f"/{item.pk}/dong-y/"
        page = text(thu, "desk:item", item.pk)
        assert WORDS in page and address not in page
        assert address in text(hoa, "desk:item", item.pk)
        for desk in (thu, hoa):
            post(desk, "desk:item_resolve", item.pk, "dong-y")
            item.refresh_from_db()
            assert item.is_open == (desk is thu)
        assert (item.explained_by, item.resolved_by, item.resolution) == (chi_thu(), chi_hoa(), WORDS)
        assert named_by_audit() == 0
        diary = DeskAction.objects.order_by("pk").values_list("kind", "actor", "note", "entry")
        entry = Entry.objects.get()
        assert list(diary) == [
            ("item_explained", chi_thu().pk, WORDS, None),
            ("item_resolved", chi_hoa().pk, WORDS, entry.pk),
        ]

    def test_are_a_memorandum_in_the_books(self) -> None:
        item = a_difference()
        explain(item, words=WORDS, by=chi_thu())
        entry = agree(item, by=chi_hoa()).entry
        assert entry is not None and not entry.lines.exists()
        assert (entry.kind, entry.actor, entry.approved_by) == ("memorandum", chi_thu(), chi_hoa())
        assert (entry.memo, entry.payment) == (f"{item.source_name} BP1: {WORDS}", item.payment)
        assert entry.payment is not None
        page = text(signed_in(chi_thu()), "desk:payment", entry.payment.reference)
        assert f"{item.source_name} BP1: {WORDS}" in page
        assert find_differences() == []

    def test_stand_for_the_difference_that_they_were_said_of(self) -> None:
        item = explain(a_difference(), words=WORDS, by=chi_thu())
        Item.objects.update(their_amount=TOTAL - 1)
        with pytest.raises(NotThatWay):
            agree(item, by=chi_hoa())
        assert "dong-y" not in text(signed_in(chi_hoa()), "desk:item", item.pk)

    def test_of_nobody_are_not_agreed_to(self) -> None:
        with pytest.raises(NotThatWay):
            agree(a_difference(), by=chi_hoa())

    def test_of_one_person_are_enough_where_no_money_differs(self) -> None:
        item = explain(a_difference(their_amount=TOTAL), words=WORDS, by=chi_thu())
        assert (item.state, item.resolved_by) == ("resolved", chi_thu())
        assert item.entry is not None and (item.entry.actor, item.entry.approved_by) == (chi_thu(), None)


class TestACorrection:
    def test_of_the_difference_at_the_rail_settles_it(self) -> None:
        item = a_difference()
        entry = booked(of_market(FEES), clearing("vnpay"), TOTAL)
        assert corrections.fitting(item).get().entry == entry
        settled = explain(item, words=WORDS, by=chi_thu(), entry=entry)
        assert (settled.state, settled.entry, named_by_audit()) == ("resolved", entry, 0)

    @pytest.mark.parametrize(
        ("debit", "credit", "amount"),
        [
            (lambda: of_market(FEES), lambda: clearing("vnpay"), TOTAL - 1),
            (lambda: clearing("vnpay"), lambda: of_market(FEES), TOTAL),
            (lambda: of_market(FEES), lambda: clearing("momo"), TOTAL),
            (lambda: of_market(FEES), lambda: of_market(Account.Kind.BANK), TOTAL),
        ],
        ids=["another sum", "the other way", "another rail", "the bank"],
    )
    def test_of_other_money_is_not_offered_and_settles_nothing(
        self, debit: Any, credit: Any, amount: int
    ) -> None:
        item, entry = a_difference(), booked(debit(), credit(), amount)
        assert not corrections.fitting(item).exists()
        with pytest.raises(NotThatWay):
            explain(item, words=WORDS, by=chi_thu(), entry=entry)
        assert named_by_audit() == 1

    def test_settles_one_difference_only(self) -> None:
        items = [a_difference(reference=reference) for reference in ("BP1", "BP2")]
        entry = booked(of_market(FEES), clearing("vnpay"), TOTAL)
        explain(items[0], words=WORDS, by=chi_thu(), entry=entry)
        with pytest.raises(NotThatWay):
            explain(items[1], words=WORDS, by=chi_thu(), entry=entry)

    def test_of_before_the_difference_was_found_is_not_meant(self) -> None:
        booked(of_market(FEES), clearing("vnpay"), TOTAL)
        assert not corrections.fitting(a_difference(found_at=timezone.now())).exists()

    @pytest.mark.parametrize(
        ("source", "payment", "account"),
        [
            ("bank", None, lambda: of_market(Account.Kind.BANK)),
            ("bank", None, lambda: clearing("vietqr")),
            ("sepay", None, lambda: clearing("vietqr")),
            ("Viettel Post", None, lambda: cash_in_transit("Viettel Post")),
        ],
        ids=["bank", "transfers", "notifier", "carrier"],
    )
    def test_moves_an_account_of_the_other_side(self, source: str, payment: None, account: Any) -> None:
        item = a_difference(source=source, payment=payment)
        booked(of_market(FEES), account(), TOTAL)
        assert corrections.fitting(item).count() == 1

    def test_of_a_row_of_the_bank_is_what_the_row_shows(self) -> None:
        statement = applied(bank_csv(f"{timezone.localdate():%d/%m/%Y};FT1;70.000;;tra no vay"))
        item = Item.objects.get()
        entry = booked(of_market(FEES), of_market(Account.Kind.BANK), 70_000)
        explain(item, words="Lãi vay", by=chi_thu(), entry=entry)
        assert statement.rows.get().outcome == "matched"
        assert statement.rows.get().matches.get().entry == entry

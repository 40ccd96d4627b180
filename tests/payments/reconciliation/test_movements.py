"""Money that left, or came back: payouts, refunds by bank, corrections, fees, each shown once by the bank's rows."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments import bank_refunds
from payments.audit.services import find_differences
from payments.desk import corrections
from payments.desk.models import DeskAction
from payments.ledger.accounts import balance, of_market
from payments.ledger.models import Account
from payments.models import Refund
from payments.payouts.models import Payout
from payments.payouts.settling import mark_returned
from payments.reconciliation.models import Item, Match
from payments.reconciliation.movements import unseen
from payments.reconciliation.tasks import match_bank
from payments.refunds import complete_refund
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.payouts import farms
from tests.payments.reconciliation.files import applied, bank_csv, outcomes

pytestmark = pytest.mark.django_db
DAY = f"{timezone.localtime(farms.NOW):%d/%m/%Y}"


def left(amount: int, memo: str, reference: str = "FT9") -> str:
    return f"{DAY};{reference};{amount};;{memo}"


def paid_out(*goods: int) -> list[Payout]:
    """One batch that was sent, a payout to a seller each."""
    farms.hold()
    for at, price in enumerate(goods):
        farms.arrived(farms.make_seller(f"Vườn {at}"), price)
    return list(farms.sent().payouts.order_by("pk"))


def on_the_bank() -> int:
    return balance(of_market(Account.Kind.BANK))


def sent_back(surplus: int, reference: str) -> Refund:
    transfer_of(make_payment().reference, TOTAL + surplus)
    refund: Refund = Refund.objects.get()
    complete_refund(refund, bank_reference=reference, by=chi_thu())
    return refund


def settle(way: str, **said: object) -> Item:
    item = Item.objects.get(state="open")
    post(signed_in(chi_thu()), "desk:item_resolve", item.pk, way, **said)
    item.refresh_from_db()
    return item


class TestARowThatCarriesTheNumber:
    def test_shows_a_payout(self) -> None:
        [payout] = paid_out(80_000)
        assert outcomes(applied(bank_csv(left(payout.amount, f"CHUYEN TIEN {payout.reference} GD 12")))) == [
            "matched"
        ]
        assert Match.objects.get().entry.payout_id == payout.pk
        assert on_the_bank() == -payout.amount  # booked when it was sent, not again

    def test_shows_a_refund_that_a_person_sent(self) -> None:
        refund = sent_back(5_000, "FT123")
        assert outcomes(applied(bank_csv(left(5_000, "hoan tien", "FT123")))) == ["matched"]
        assert Match.objects.get().entry.refund == refund

    @pytest.mark.parametrize(
        "row",
        [
            lambda payout: left(payout.amount - 1, payout.reference),
            lambda payout: left(payout.amount, f"{payout.reference}7"),
            lambda payout: left(payout.amount, "luong thang 11"),
        ],
        ids=["another sum", "another number", "no number"],
    )
    def test_is_the_only_one_that_does(self, row: Callable[[Payout], str]) -> None:
        [payout] = paid_out(80_000)
        assert outcomes(applied(bank_csv(row(payout)))) == ["differs"]
        assert not Match.objects.exists()

    def test_shows_it_once(self) -> None:
        [payout] = paid_out(80_000)
        rows = [left(payout.amount, payout.reference, number) for number in ("FT9", "FT10")]
        assert outcomes(applied(bank_csv(*rows))) == ["matched", "differs"]
        with pytest.raises(IntegrityError), transaction.atomic():
            Match.objects.create(row=Item.objects.get().row, entry=Match.objects.get().entry)

    def test_may_bring_back_a_payout_that_had_left(self) -> None:
        [payout] = paid_out(80_000)
        applied(bank_csv(left(payout.amount, payout.reference)))
        mark_returned(payout, reason="Sai tài khoản", now=farms.NOW)
        assert outcomes(applied(bank_csv(f"{DAY};FT10;;{payout.amount};HOAN {payout.reference}"))) == [
            "matched"
        ]
        assert (Match.objects.count(), on_the_bank()) == (2, 0)
        assert find_differences() == []

    def test_shows_what_had_come_back_before_any_statement(self) -> None:
        [payout] = paid_out(80_000)
        mark_returned(payout, reason="Sai tài khoản", now=farms.NOW)
        back = f"{DAY};FT10;;{payout.amount};HOAN {payout.reference}"
        assert outcomes(applied(bank_csv(left(payout.amount, payout.reference), back))) == [
            "matched",
            "matched",
        ]
        assert (Match.objects.count(), on_the_bank()) == (2, 0)

    def test_may_bring_back_a_refund_that_the_buyers_bank_refused(self) -> None:
        refund = sent_back(5_000, "FT123")
        applied(bank_csv(left(5_000, "hoan tien", "FT123")))
        bank_refunds.mark_returned(refund, reason="Tài khoản đã đóng")
        back = f"{DAY};FT124;;5.000;HOAN GD FT123"
        assert outcomes(applied(bank_csv(back))) == ["matched"]
        assert (Match.objects.count(), on_the_bank()) == (2, 0)

    def test_is_looked_for_again_once_a_person_notes_what_was_sent(self) -> None:
        applied(bank_csv(left(5_000, "hoan tien", "FT123")))
        match_bank()
        assert Item.objects.get().state == "open"
        sent_back(5_000, "FT123")
        match_bank()
        item = Item.objects.get()
        assert (item.state, item.resolved_by, item.entry and item.entry.kind) == (
            "resolved",
            None,
            "refund_sent",
        )
        assert find_differences() == []


class TestAPersonSays:
    def test_that_the_bank_took_a_batch_as_one_sum(self) -> None:
        payouts = paid_out(80_000, 90_000)
        total = sum(payout.amount for payout in payouts)
        applied(bank_csv(left(total, "LO CHI TRA")))
        page = text(signed_in(chi_thu()), "desk:item", Item.objects.get().pk)
        assert all(payout.reference in page for payout in payouts)
        entries = [str(entry.pk) for entry in unseen()]
        assert settle("so-sach", movements=entries[:1]).state == "open"
        assert settle("so-sach", movements=[]).state == "open"
        item = settle("so-sach", movements=entries)
        assert (item.state, Match.objects.count(), on_the_bank()) == ("resolved", 2, -total)
        assert DeskAction.objects.get(kind="item_resolved").entry == item.entry

    def test_that_it_was_a_fee(self) -> None:
        applied(bank_csv(left(11_000, "PHI DICH VU")))
        item = settle("phi-ngan-hang")
        assert item.entry and item.entry.kind == "bank_fee"
        assert (on_the_bank(), balance(of_market(Account.Kind.PROVIDER_FEES))) == (-11_000, 11_000)
        assert DeskAction.objects.get(kind="item_resolved").entry == item.entry
        assert find_differences() == []

    def test_that_a_correction_of_two_people_put_it_right(self) -> None:
        applied(bank_csv(left(70_000, "tra no vay")))
        bank, fees = (of_market(kind) for kind in (Account.Kind.BANK, Account.Kind.PROVIDER_FEES))
        proposed = corrections.propose(
            debit=fees, credit=bank, amount=70_000, memo="Trả lãi vay", token=uuid4(), by=chi_thu()
        )
        entry = corrections.approve(proposed, by=chi_hoa())
        item = settle("ghi-chu", words="Lãi vay tháng 11", correction=proposed.pk)
        assert (item.state, item.entry) == ("resolved", entry)
        assert Match.objects.get().entry == entry

    def test_a_credit_is_no_fee(self) -> None:
        applied(bank_csv(f"{DAY};FT1;;9.000;lai tien gui"))
        assert settle("phi-ngan-hang").state == "open"

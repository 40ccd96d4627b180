"""A payout or a refund that came back, and of which a notice told as of anybody's transfer: in the books once."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from payments import bank_refunds
from payments.audit.services import find_differences
from payments.desk.models import Correction, DeskAction
from payments.exceptions import NotUnclaimed
from payments.ledger.accounts import balance, clearing, of_market, seller_payable
from payments.ledger.models import Account, Entry
from payments.models import Refund, Transfer
from payments.payouts.models import Payout
from payments.payouts.settling import mark_returned
from payments.reconciliation.bank import settled_by_none
from payments.reconciliation.catching_up import match_movements
from payments.reconciliation.exceptions import NotThatWay
from payments.reconciliation.models import Item, Match, Return, StatementRow
from payments.reconciliation.movements import expected
from payments.reconciliation.returns import returns_like, take_as_return
from payments.refunds import complete_refund
from payments.transfers import received_as
from tests.payments.desk.people import chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.payouts import farms
from tests.payments.reconciliation.files import applied, bank_csv, outcomes, row_of

pytestmark = pytest.mark.django_db
Kind = Account.Kind
DAY = f"{timezone.localtime(farms.NOW):%d/%m/%Y}"
MEMO = "HOAN TRA SAI TAI KHOAN"


@pytest.fixture
def payout() -> Payout:
    """Sent, and noted as come back."""
    farms.hold()
    farms.arrived(farms.make_seller(), 80_000)
    sent: Payout = farms.sent().payouts.get()
    mark_returned(sent, reason="Sai tài khoản", now=farms.NOW)
    return sent


def told(amount: int, memo: str = MEMO, **changes: str) -> Transfer:
    at = f"{timezone.localtime(farms.NOW):%Y-%m-%d %H:%M:%S}"
    return transfer_of(memo, amount, transactionDate=at, **changes)


def took(transfer: Transfer, count: int = 1) -> Any:
    """A person says that it is the first returns that are offered."""
    choice = [str(pk) for pk in returns_like(transfer).values_list("pk", flat=True)[:count]]
    answer = post(signed_in(chi_thu()), "desk:transfer_returned", transfer.pk, movements=choice)
    transfer.refresh_from_db()
    return answer


def out(payout: Payout) -> str:
    return f"{DAY};FT0;{payout.amount};;{payout.reference}"


def held_by_us() -> tuple[int, ...]:
    return tuple(-balance(of_market(kind)) for kind in (Kind.BANK, Kind.BUYER_CREDIT, Kind.REFUNDS_PAYABLE))


def test_a_payout_is_owed_again_once_and_no_sender_waits_for_it(payout: Payout) -> None:
    transfer, before = told(payout.amount), balance(clearing("vietqr"))
    took(transfer)
    assert (transfer.outcome, transfer.resolved_by) == ("returned", chi_thu())
    assert payout.reference in transfer.resolution
    assert held_by_us() == (0, 0, 0)
    assert balance(clearing("vietqr")) == before - payout.amount
    assert -balance(seller_payable(payout.partner)) == payout.amount
    action = DeskAction.objects.get()
    assert (action.kind, action.subject, action.amount) == (
        "transfer_came_back",
        payout.reference,
        payout.amount,
    )
    assert find_differences() == []


def test_the_statement_then_shows_that_it_left_and_that_it_came(payout: Payout) -> None:
    transfer = told(payout.amount)
    took(transfer)
    assert outcomes(applied(bank_csv(out(payout), row_of(transfer)))) == ["matched", "matched"]
    assert set(Match.objects.values_list("entry__payout_id", flat=True)) == {payout.pk}
    assert (Match.objects.count(), held_by_us()) == (2, (0, 0, 0))
    assert not expected().exists()
    assert find_differences() == []


def test_the_statement_may_come_first(payout: Payout) -> None:
    transfer, before = told(payout.amount), balance(clearing("vietqr"))
    rows = applied(bank_csv(out(payout), row_of(transfer)))
    assert outcomes(rows) == ["matched", "matched"], "as money of somebody"
    took(transfer)
    shown = StatementRow.objects.get(transfer=transfer)
    assert [match.entry.payout_id for match in shown.matches.all()] == [payout.pk]
    assert held_by_us() == (0, 0, 0)
    assert balance(clearing("vietqr")) == before - payout.amount
    assert not expected().exists()
    assert find_differences() == []


def test_what_the_statement_left_out_of_it_is_asked_for_no_longer(payout: Payout) -> None:
    transfer = told(payout.amount)
    last = farms.NOW + timedelta(days=6)
    with time_machine.travel(last):
        applied(bank_csv(out(payout), row_of(transfer), f"{last:%d/%m/%Y};FT9;;1;cuoi ky"))
    item = Item.objects.get(finding="missing_there")
    assert item.booked and item.booked.payout_id == payout.pk
    took(transfer)
    item.refresh_from_db()
    assert (item.state, MEMO in item.resolution) == ("resolved", True)


def test_a_refund_waits_for_another_account_and_its_sum_is_owed_once() -> None:
    transfer_of(make_payment().reference, TOTAL + 20_000)
    refund = Refund.objects.get()
    complete_refund(refund, bank_reference="FT1", by=chi_thu())
    transfer = transfer_of(MEMO, 20_000)
    assert not returns_like(transfer), "nobody has noted that it came back"
    bank_refunds.mark_returned(refund, reason="Tài khoản đã đóng")
    took(transfer)
    assert held_by_us() == (0, 0, 20_000)
    assert DeskAction.objects.get().order == refund.payment.order
    assert find_differences() == []


def test_only_what_is_of_its_sum_is_offered(payout: Payout) -> None:
    other = told(payout.amount - 1)
    page = text(signed_in(chi_thu()), "desk:transfer", other.pk)
    assert "tien-tro-ve" not in page
    assert "Hãy ghi khoản chi trả" in page
    assert took(other).status_code == 422
    transfer = told(payout.amount, "khac")
    page = text(signed_in(chi_thu()), "desk:transfer", transfer.pk)
    assert f"đã trả người bán, bị trả về · {payout.reference}" in page


def test_one_return_is_one_transfer(payout: Payout) -> None:
    first, second = told(payout.amount), told(payout.amount, "khac")
    took(first)
    took(second)
    assert second.outcome == "unknown"
    assert took(first).status_code == 302, "a second tap"
    assert DeskAction.objects.count() == 1


def test_what_is_to_be_given_back_is_not_ours_too(payout: Payout) -> None:
    transfer = told(payout.amount)
    post(signed_in(chi_thu()), "desk:transfer_give_back", transfer.pk, memo="FT999")
    took(transfer)
    assert (transfer.outcome, Correction.objects.count()) == ("unknown", 1)
    assert find_differences() == []


def test_a_row_without_its_number_shows_the_return_and_not_the_transfer(payout: Payout) -> None:
    """The notifier and the statement call it by two numbers; only the payout's is in the row's words."""
    transfer, before = told(payout.amount, referenceCode="X1"), balance(clearing("vietqr"))
    row = f"{DAY};FT10;;{payout.amount};HOAN {payout.reference}"
    assert outcomes(applied(bank_csv(out(payout), row))) == ["matched", "matched"]
    took(transfer)
    assert (transfer.outcome, held_by_us()) == ("returned", (0, 0, 0))
    assert balance(clearing("vietqr")) == before - payout.amount
    assert not settled_by_none().exists()
    assert find_differences() == []


def test_two_rows_are_two_sums_of_money(payout: Payout) -> None:
    """The transfer's own row has shown it: what another row has shown is something else."""
    transfer = told(payout.amount)
    row = f"{DAY};FT10;;{payout.amount};HOAN {payout.reference}"
    applied(bank_csv(out(payout), row, row_of(transfer)))
    assert not returns_like(transfer).exists()


def test_several_that_the_bank_gave_back_as_one_sum() -> None:
    farms.hold()
    for goods in (80_000, 30_000):
        farms.arrived(farms.make_seller(), goods)
    sent = list(farms.sent().payouts.all())
    for one in sent:
        mark_returned(one, reason="Tệp bị từ chối", now=farms.NOW)
    total = sum(one.amount for one in sent)
    transfer = told(total)
    assert took(transfer).status_code == 302
    assert transfer.outcome == "unknown", "one of them is not the sum"
    took(transfer, count=2)
    assert (transfer.outcome, held_by_us()) == ("returned", (0, 0, 0))
    assert sum(action.amount or 0 for action in DeskAction.objects.all()) == total
    assert outcomes(applied(bank_csv(*map(out, sent), row_of(transfer)))) == ["matched"] * 3
    assert not expected().exists()
    assert find_differences() == []


def test_money_that_came_before_it_left_is_not_offered(payout: Payout) -> None:
    with time_machine.travel(farms.NOW - timedelta(days=10)):
        early = transfer_of(MEMO, payout.amount)
    assert not returns_like(early).exists()


def test_a_return_noted_after_the_statement_settles_its_row() -> None:
    farms.hold()
    farms.arrived(farms.make_seller(), 80_000)
    payout = farms.sent().payouts.get()
    row = f"{DAY};FT10;;{payout.amount};HOAN {payout.reference}"
    assert outcomes(applied(bank_csv(out(payout), row))) == ["matched", "differs"]
    mark_returned(payout, reason="Sai tài khoản", now=farms.NOW)
    match_movements()
    assert Item.objects.get().state == "resolved"
    assert not expected().exists()
    assert find_differences() == []


def test_a_refund_that_comes_back_with_the_words_it_left_with_is_nobodys_second_payment() -> None:
    payment = make_payment()
    transfer_of(payment.reference, TOTAL + 20_000)
    refund = Refund.objects.get()
    complete_refund(refund, bank_reference="FT1", by=chi_thu())
    bank_refunds.mark_returned(refund, reason="Tài khoản đã đóng")
    transfer = transfer_of(f"HOAN TRA {payment.reference}", 20_000)
    assert (transfer.outcome, Refund.objects.count()) == ("unknown", 1)
    took(transfer)
    assert held_by_us() == (0, 0, 20_000)
    assert transfer_of(payment.reference, 30_000).outcome == "duplicate", "another sum is"
    assert find_differences() == []


class TestTheService:
    """What the page already keeps a person from."""

    def test_refuses_what_somebody_has_decided(self, payout: Payout) -> None:
        transfer = told(payout.amount)
        returned = returns_like(transfer)
        Transfer.objects.filter(pk=transfer.pk).update(resolved_at=farms.NOW)
        with pytest.raises(NotUnclaimed):
            take_as_return(transfer, returned, by=chi_thu())
        assert not Return.objects.exists()

    def test_refuses_a_return_that_another_transfer_was(self, payout: Payout) -> None:
        first, second = told(payout.amount), told(payout.amount, "khac")
        chosen = Entry.objects.filter(pk=returns_like(first).get().pk)
        take_as_return(first, chosen, by=chi_thu())
        with pytest.raises(NotThatWay):
            take_as_return(second, chosen, by=chi_thu())
        assert Return.objects.get().transfer == first

    def test_takes_it_back_on_the_day_it_came(self, payout: Payout) -> None:
        transfer = told(payout.amount)
        applied(bank_csv(out(payout), row_of(transfer)))
        shown = StatementRow.objects.get(transfer=transfer)
        take_as_return(transfer, Entry.objects.filter(pk__in=returns_like(transfer)), by=chi_thu())
        for booked in (received_as(transfer), shown.entry):
            assert booked and booked.reversed_by.occurred_at == booked.occurred_at

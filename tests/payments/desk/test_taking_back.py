"""An entry of the books that was wrong is taken back by its mirror image, by two people. What it settled opens."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from payments.audit.services import audit
from payments.desk import corrections, taking_back
from payments.desk.exceptions import NotTakenBack
from payments.desk.models import Correction, DeskAction
from payments.ledger.accounts import balance, clearing, of_market, owed_to, seller_payable
from payments.ledger.models import Account, Entry
from payments.ledger.posting import reverse
from payments.ledger.postings import money_received
from payments.reconciliation.bank_resolving import charge_bank_fee, settle_as_rail
from payments.reconciliation.models import Finding, Item, StatementRow
from payments.reconciliation.movements import unseen
from payments.reconciliation.resolving import explain
from tests.factories import anh_tam
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.reconciliation.files import applied, bank_csv, row_of
from tests.payments.reconciliation.test_missing_there import days_ago

pytestmark = pytest.mark.django_db
Kind, What = Account.Kind, Entry.Kind
WHY = "Ghi nhầm tài khoản"


def booked(debit: Account, credit: Account, amount: int = 11_000, **facts: Any) -> Entry:
    """A correction of two people."""
    said = {"debit": debit, "credit": credit, "amount": amount, "memo": "FT26C1 sửa sổ", **facts}
    return corrections.approve(corrections.propose(**said, token=uuid4(), by=chi_thu()), by=chi_hoa())


def fees_from_bank(amount: int = 11_000, **facts: Any) -> Entry:
    return booked(of_market(Kind.PROVIDER_FEES), of_market(Kind.BANK), amount, **facts)


def taken_back(entry: Entry) -> Entry:
    return corrections.approve(taking_back.propose(entry, memo=WHY, by=chi_thu()), by=chi_hoa())


def lines_of(entry: Entry) -> dict[int, int]:
    return dict(entry.lines.values_list("account", "amount"))


class TestAtTheDesk:
    def test_is_booked_by_a_second_person_once_and_points_at_the_entry(self) -> None:
        wrong, thu, hoa = fees_from_bank(), signed_in(chi_thu()), signed_in(chi_hoa())
        assert "lay-lai" in text(thu, "desk:entry", khoa=wrong.key)
        post(thu, "desk:entry_take_back", wrong.pk, memo=WHY)
        proposal = Correction.objects.get(reverses=wrong)
        page = text(hoa, "desk:corrections")
        assert wrong.key in page and str(of_market(Kind.PROVIDER_FEES)) in page
        for desk in (thu, hoa, hoa):
            post(desk, "desk:correction_approve", proposal.pk)
        back = Entry.objects.get(reverses=wrong)
        assert lines_of(back) == {account: -amount for account, amount in lines_of(wrong).items()}
        assert (back.kind, back.actor, back.approved_by) == (What.REVERSAL, chi_thu(), chi_hoa())
        assert balance(of_market(Kind.BANK)) == balance(of_market(Kind.PROVIDER_FEES)) == 0
        diary = list(DeskAction.objects.order_by("-pk").values_list("kind", "actor", "entry", "amount")[:2])
        assert diary == [
            ("correction_approved", chi_hoa().pk, back.pk, 11_000),
            ("taking_back_proposed", chi_thu().pk, wrong.pk, 11_000),
        ]
        assert audit().is_clean

    def test_says_so_where_it_was_taken_back_or_proposed_before(self) -> None:
        wrong, thu = fees_from_bank(), signed_in(chi_thu())
        post(thu, "desk:entry_take_back", wrong.pk, memo=WHY)
        answer = post(thu, "desk:entry_take_back", wrong.pk, memo=WHY)
        assert answer.status_code == 422 and "đang chờ người thứ hai" in answer.content.decode()
        corrections.approve(Correction.objects.get(reverses=wrong), by=chi_hoa())
        answer = post(thu, "desk:entry_take_back", wrong.pk, memo=WHY)
        assert answer.status_code == 422 and f"taken_back:{wrong.key}" in answer.content.decode()
        assert "lay-lai" not in text(thu, "desk:entry", khoa=wrong.key)

    def test_dropped_can_be_proposed_anew(self) -> None:
        wrong = fees_from_bank()
        corrections.reject(taking_back.propose(wrong, memo=WHY, by=chi_thu()), by=chi_thu())
        assert taken_back(wrong).reverses == wrong

    def test_wants_words_and_keeps_what_was_typed(self) -> None:
        wrong, thu = fees_from_bank(), signed_in(chi_thu())
        answer = post(thu, "desk:entry_take_back", wrong.pk, memo="x" * 301)
        assert answer.status_code == 422 and "x" * 301 in answer.content.decode()
        assert post(thu, "desk:entry_take_back", wrong.pk, memo="").status_code == 422
        assert not Correction.objects.filter(reverses=wrong).exists()

    def test_of_no_key_finds_nothing(self) -> None:
        page = text(signed_in(chi_thu()), "desk:entry", khoa="correction:0")
        assert "Không có bút toán nào mang mã này" in page

    def test_the_story_of_an_order_leads_to_those_that_can_be(self) -> None:
        payment = make_payment()
        transfer_of(payment.reference)
        page = text(signed_in(chi_thu()), "desk:payment", payment.reference)
        assert "but-toan/so-cai" not in page
        wrong = fees_from_bank(order=payment.order)
        address = f"?khoa={quote(wrong.key)}"
        assert address in text(signed_in(chi_thu()), "desk:payment", payment.reference)
        taken_back(wrong)
        page = text(signed_in(chi_thu()), "desk:payment", payment.reference)
        assert str(What.REVERSAL.label) in page and address not in page

    def test_of_a_sellers_account_ends_the_debt_that_it_made(self) -> None:
        wrong = booked(seller_payable(anh_tam()), of_market(Kind.COMMISSION_INCOME))
        assert Account.objects.get(partner=anh_tam()).debt_since is not None
        taken_back(wrong)
        assert (owed_to(anh_tam()), Account.objects.get(partner=anh_tam()).debt_since) == (0, None)

    def test_is_not_booked_where_another_took_it_back_meanwhile(self) -> None:
        wrong = fees_from_bank()
        proposal = taking_back.propose(wrong, memo=WHY, by=chi_thu())
        reverse(wrong, key="service", memo="x")
        answer = signed_in(chi_hoa()).post(f"/ban-tien/but-toan/{proposal.pk}/duyet/", follow=True)
        assert "service" in answer.content.decode()
        proposal.refresh_from_db()
        assert (proposal.state, Entry.objects.filter(reverses=wrong).count()) == ("proposed", 1)

    def test_two_proposals_of_one_entry_are_refused_by_the_database(self) -> None:
        wrong = fees_from_bank()
        taking_back.propose(wrong, memo=WHY, by=chi_thu())
        with pytest.raises(IntegrityError), transaction.atomic():
            Correction.objects.create(reverses=wrong, amount=1, memo="x", proposed_by=chi_hoa())


class TestIsRefused:
    def refuse(self, entry: Entry) -> str:
        with pytest.raises(NotTakenBack) as refused:
            taking_back.propose(entry, memo=WHY, by=chi_thu())
        return str(refused.value)

    def test_for_what_payments_parcels_and_refunds_tell_of_too(self) -> None:
        transfer_of(make_payment().reference, TOTAL + 1)
        kinds = set()
        for entry in Entry.objects.all():
            assert "hoàn tiền, hủy kiện hàng" in self.refuse(entry)
            kinds.add(entry.kind)
        assert kinds >= {What.MONEY_RECEIVED, What.ORDER_PAID, What.REFUND_OWED}

    def test_for_what_takes_back_itself(self) -> None:
        assert "bút toán đảo" in self.refuse(taken_back(fees_from_bank()))

    def test_for_a_row_that_is_a_transfer(self) -> None:
        applied(bank_csv(row_of(transfer_of(make_payment().reference))))
        assert "chính là khoản chuyển này" in self.refuse(Entry.objects.get(kind=What.RAIL_SETTLED))

    def test_for_what_gave_a_transfer_back(self) -> None:
        unknown = transfer_of("khong co ma")
        given = corrections.propose_giving_back(unknown, memo="FT9", by=chi_thu())
        assert "trả lại một khoản chuyển" in self.refuse(corrections.approve(given, by=chi_hoa()))


class TestWhatItSettledIsOpenAgain:
    def item(self) -> Item:
        return Item.objects.get(state="open")

    def test_a_fee_of_the_bank_that_was_none(self) -> None:
        applied(bank_csv(f"{days_ago(9)};FT1;11.000;;phi thang 11"))
        first = charge_bank_fee(self.item(), by=chi_thu()).entry
        assert first is not None
        taken_back(first)
        item, row = self.item(), StatementRow.objects.get()
        assert (row.outcome, row.entry, item.row) == ("differs", None, row)
        assert (item.resolution, item.entry, item.resolved_by, item.resolved_at) == ("", None, None, None)
        again = charge_bank_fee(item, by=chi_thu()).entry
        assert again is not None and again != first
        assert balance(of_market(Kind.BANK)) == -11_000

    def test_what_a_rail_paid_out_that_was_another(self) -> None:
        for rail, amount in (("vnpay", 97_000), ("momo", 200_000)):
            money_received(None, rail=rail, amount=amount, key=f"{rail}:1", occurred_at=timezone.now())
        applied(bank_csv(f"{days_ago(9)};FT1;;97.000;quyet toan"))
        wrong = settle_as_rail(self.item(), rail="vnpay", fee=0, by=chi_thu()).entry
        assert wrong is not None
        taken_back(wrong)
        settle_as_rail(self.item(), rail="momo", fee=3_000, by=chi_thu())
        held = [balance(account) for account in (clearing("vnpay"), clearing("momo"), of_market(Kind.BANK))]
        assert held == [97_000, 100_000, 97_000]

    def test_neither_of_the_two_is_a_movement_that_a_statement_has_to_show(self) -> None:
        applied(bank_csv(f"{days_ago(30)};FT1;11.000;;phi thang 11"))
        fee = charge_bank_fee(self.item(), by=chi_thu()).entry
        assert fee is not None
        for entry in (fee, fees_from_bank()):
            assert entry.kind == What.BANK_FEE or unseen().filter(pk=entry.pk).exists()
            taken_back(entry)
        assert not unseen().exists()

    def test_a_difference_with_a_rail_that_a_correction_put_right(self) -> None:
        said = {"source": "vnpay", "finding": Finding.STATUS_DIFFERS, "reference": "BP1", "our_amount": TOTAL}
        item = Item.objects.create(**said, payment=make_payment(provider="vnpay"))
        entry = booked(of_market(Kind.PROVIDER_FEES), clearing("vnpay"), TOTAL)
        explain(item, words="Cổng báo nhầm", by=chi_thu(), entry=entry)
        taken_back(entry)
        assert (self.item(), self.item().entry) == (item, None)
        assert not corrections.fitting(self.item()).exists()

    def test_a_row_that_showed_a_correction_by_its_number(self) -> None:
        entry = fees_from_bank()
        applied(bank_csv(f"{days_ago(0)};FT26C1;11.000;;rut tien"))
        row = StatementRow.objects.get()
        assert (row.outcome, Item.objects.exists()) == ("matched", False)
        taken_back(entry)
        row.refresh_from_db()
        assert (row.outcome, self.item().row, row.matches.exists()) == ("differs", row, False)


def test_the_list_asks_as_much_of_many_as_of_a_few(django_assert_max_num_queries: Any) -> None:
    payment, thu = make_payment(), signed_in(chi_thu())

    def some() -> None:
        fees_from_bank(order=payment.order)
        taken_back(fees_from_bank())
        taking_back.propose(fees_from_bank(order=payment.order), memo=WHY, by=chi_thu())
        corrections.propose(
            debit=seller_payable(anh_tam()),
            credit=of_market(Kind.BANK),
            amount=1,
            memo="x",
            token=uuid4(),
            order=payment.order,
            by=chi_thu(),
        )

    some()
    for name, args in (("desk:corrections", ()), ("desk:payment", (payment.reference,))):
        with django_assert_max_num_queries(99) as few:
            text(thu, name, *args)
        some()
        with django_assert_max_num_queries(len(few)):
            text(thu, name, *args)

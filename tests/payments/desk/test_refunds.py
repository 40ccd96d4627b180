"""Refunds at the desk: sent by bank, by two people above the limit, to the right account; those a rail keeps."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from marketplace.messaging.models import Message
from payments.audit.services import find_differences
from payments.desk.models import DeskAction
from payments.ledger.accounts import balance, of_market
from payments.ledger.models import Account
from payments.models import Refund, RefundPolicy
from payments.parcel_refunds import name_account
from payments.refunds import owe_back
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.rails import ScriptedRail

pytestmark = pytest.mark.django_db
Kind = DeskAction.Kind
LIMIT = 500_000
THERE = {"bank_bin": "970415", "number": "0123 456 789", "holder": "Nguyễn Thị Lan"}
ACCOUNT = {"bank_bin": "970415", "number": "0123456789", "holder": "NGUYEN THI LAN"}


@pytest.fixture(autouse=True)
def policy(db: None) -> None:
    RefundPolicy.objects.create(valid_from="2026-01-01", limit=LIMIT)


def too_much(surplus: int) -> Refund:
    """A buyer transferred so many đồng too many: nobody of the staff decided it."""
    transfer_of(make_payment().reference, TOTAL + surplus)
    refund: Refund = Refund.objects.get()
    return refund


def sent(person: Any, refund: Refund, reference: str = "FT1") -> Refund:
    post(signed_in(person), "desk:refund_done", refund.pk, bank_reference=reference)
    refund.refresh_from_db()
    return refund


def kinds() -> list[str]:
    return list(DeskAction.objects.order_by("pk").values_list("kind", flat=True))


class TestByBank:
    def test_needs_the_banks_number_and_is_made_once(self) -> None:
        refund = too_much(5_000)
        assert "5.000" in text(signed_in(chi_thu()), "desk:refunds")
        assert sent(chi_thu(), refund, "").state == "created"
        sent(chi_thu(), refund, "FT1")
        assert sent(chi_thu(), refund, "FT2").bank_reference == "FT1"
        assert (refund.sent_by, kinds()) == (chi_thu(), ["refund_made"])
        assert find_differences() == []

    def test_above_the_limit_one_agrees_and_another_sends(self) -> None:
        refund = too_much(LIMIT + 1)
        assert sent(chi_thu(), refund).state == "created"
        assert "da-tra" not in text(signed_in(chi_thu()), "desk:refunds")
        for _ in range(2):
            post(signed_in(chi_thu()), "desk:refund_release", refund.pk)
        assert sent(chi_thu(), refund).state == "created"
        assert sent(chi_hoa(), refund).state == "done"
        assert (refund.released_by, refund.sent_by) == (chi_thu(), chi_hoa())
        assert kinds() == ["refund_released", "refund_made"]
        assert find_differences() == []

    def test_up_to_the_limit_nobody_has_to_agree(self) -> None:
        refund = too_much(LIMIT)
        post(signed_in(chi_thu()), "desk:refund_release", refund.pk)
        assert (kinds(), sent(chi_thu(), refund).state) == ([], "done")

    def test_the_database_refuses_one_person_for_both(self) -> None:
        refund = too_much(LIMIT + 1)
        with pytest.raises(IntegrityError), transaction.atomic():
            Refund.objects.filter(pk=refund.pk).update(released_by=chi_thu(), sent_by=chi_thu())

    @pytest.mark.parametrize("amount", [1_000, LIMIT + 1])
    def test_nothing_leaves_before_somebody_has_said_where_to(self, amount: int) -> None:
        """Of a wallet that did not give it back nobody knows an account."""
        payment = make_payment(provider="momo")
        owe_back(payment=payment, amount=amount, reason="Trả hai lần", key="w")
        Refund.objects.update(state=Refund.State.FAILED)
        refund = Refund.objects.get()
        page = text(signed_in(chi_thu()), "desk:refunds")
        assert "Chờ người mua điền tài khoản" in page and "da-tra" not in page
        post(signed_in(chi_hoa()), "desk:refund_release", refund.pk)
        assert (sent(chi_thu(), refund).state, kinds()) == ("failed", [])
        name_account(payment.order_id, **ACCOUNT)
        post(signed_in(chi_hoa()), "desk:refund_release", refund.pk)
        assert sent(chi_thu(), refund).state == "done"

    def test_whoever_approved_it_has_agreed_to_its_sending(self) -> None:
        refund = too_much(LIMIT + 1)
        Refund.objects.update(requested_by=chi_thu(), approved_by=chi_hoa(), needs_approval=True)
        assert sent(chi_thu(), refund).state == "done"


class TestPieces:
    """What follows from the order itself nobody decides, but somebody sends it."""

    def twice(self, amount: int) -> list[Refund]:
        """The order was paid, and then came two more transfers, each to go back."""
        transfer_of((payment := make_payment()).reference)
        for _ in range(2):
            transfer_of(payment.reference, amount)
        return list(Refund.objects.order_by("pk"))

    def test_of_one_order_add_up_before_any_is_sent(self) -> None:
        first, second = self.twice(LIMIT // 2 + 1)
        for refund in (first, second):
            assert sent(chi_thu(), refund).state == "created"
        post(signed_in(chi_thu()), "desk:refund_release", first.pk)
        assert sent(chi_thu(), second).state == "done"  # the rest is below the limit
        assert sent(chi_thu(), first).state == "created"
        assert sent(chi_hoa(), first).state == "done"

    def test_what_one_person_sent_counts_with_what_comes_later(self) -> None:
        transfer_of((payment := make_payment()).reference)
        for number, amount in enumerate((LIMIT, 1)):
            transfer_of(payment.reference, amount)
            refund = Refund.objects.get(amount=amount)
            assert (sent(chi_thu(), refund).state == "done") is (number == 0)
        post(signed_in(chi_hoa()), "desk:refund_release", refund.pk)
        assert sent(chi_thu(), refund).state == "done"

    def test_up_to_the_limit_one_person_sends_them_all(self) -> None:
        assert [sent(chi_thu(), refund).state for refund in self.twice(LIMIT // 2)] == ["done"] * 2

    def test_of_another_order_count_for_themselves(self) -> None:
        for _ in range(2):
            transfer_of(make_payment().reference, TOTAL + LIMIT)
        assert [sent(chi_thu(), one).state for one in Refund.objects.all()] == ["done"] * 2

    def test_what_a_rail_sends_is_nobodys_hand(self, scripted_rail: type[ScriptedRail]) -> None:
        refund = too_much(LIMIT)
        order = refund.payment.order
        owe_back(payment=make_payment(order, provider="testrail"), amount=9_000, reason="x", key="x")
        assert sent(chi_thu(), refund).state == "done"

    def test_the_list_asks_the_database_as_often_for_many_as_for_one(
        self, django_assert_num_queries: Any
    ) -> None:
        client = signed_in(chi_thu())
        too_much(LIMIT + 1)
        text(client, "desk:refunds")
        with CaptureQueriesContext(connection) as one:
            text(client, "desk:refunds")
        questions = len(one)
        self.twice(LIMIT)
        transfer_of(make_payment().reference, TOTAL + 1)
        with django_assert_num_queries(questions):
            assert text(client, "desk:refunds").count("dong-y-chuyen") == 3


class TestAnotherAccount:
    def correct(self, refund: Refund, **changes: str) -> Any:
        answer = post(signed_in(chi_thu()), "desk:refund_account", refund.pk, **(THERE | changes))
        refund.refresh_from_db()
        return answer

    def test_the_buyer_is_told_and_the_diary_knows(self) -> None:
        refund = too_much(5_000)
        self.correct(refund)
        assert (refund.bank_bin, refund.account, refund.holder) == ("970415", "0123456789", "NGUYEN THI LAN")
        self.correct(refund, number="99990000")
        assert "••••6789 → " in DeskAction.objects.latest("pk").note
        assert kinds() == ["refund_account"] * 2
        assert Message.objects.filter(kind="refund_account_named").latest("pk").context["digits"] == "0000"

    def test_the_same_account_again_tells_nobody_and_keeps_who_agreed(self) -> None:
        refund = too_much(LIMIT + 1)
        self.correct(refund)
        post(signed_in(chi_thu()), "desk:refund_release", refund.pk)
        told = Message.objects.count()
        self.correct(refund)
        assert (refund.released_by, Message.objects.count()) == (chi_thu(), told)
        assert kinds() == ["refund_account", "refund_released"]

    def test_what_cannot_be_an_account_is_told_beside_its_field(self) -> None:
        refund = too_much(5_000)
        answer = self.correct(refund, number="1")
        assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"number"})

    def test_whoever_agreed_to_the_old_one_has_to_look_again(self) -> None:
        refund = too_much(LIMIT + 1)
        post(signed_in(chi_thu()), "desk:refund_release", refund.pk)
        self.correct(refund)
        assert sent(chi_hoa(), refund).state == "created"

    def test_whoever_agreed_before_the_buyer_named_one_has_to_look_again(self) -> None:
        refund = too_much(LIMIT + 1)
        post(signed_in(chi_thu()), "desk:refund_release", refund.pk)
        name_account(refund.payment.order_id, bank_bin="970436", number="0123456789", holder="LAN")
        assert sent(chi_hoa(), refund).state == "created"

    def test_an_approval_does_not_cover_an_account_that_staff_changed(self) -> None:
        refund = too_much(LIMIT + 1)
        Refund.objects.update(requested_by=chi_thu(), approved_by=chi_hoa(), needs_approval=True)
        self.correct(refund)
        assert sent(chi_thu(), refund).state == "created"

    def test_once_it_was_sent_it_stays(self) -> None:
        refund = too_much(5_000)
        sent(chi_hoa(), refund)
        self.correct(refund)
        assert (refund.account, kinds()) == ("", ["refund_made"])


class TestThoseThatARailKeeps:
    @pytest.fixture
    def late(self, scripted_rail: type[ScriptedRail]) -> Refund:
        payment = make_payment(provider="testrail")
        refund = owe_back(payment=payment, amount=9_000, reason="x", key="x")
        then = timezone.now() - timedelta(hours=25)
        Refund.objects.update(state="in_transit", started_at=then, message="no answer")
        return refund

    def test_are_shown_after_a_day(self, late: Refund) -> None:
        client = signed_in(chi_thu())
        assert "no answer" in text(client, "desk:refunds")
        assert "khoản hoàn cần tra lại" in text(client, "desk:home")
        Refund.objects.update(started_at=timezone.now() - timedelta(hours=23))
        assert "khoản hoàn cần tra lại" not in text(client, "desk:home")
        assert "no answer" not in text(client, "desk:refunds")

    def test_found_there_the_rails_money_has_gone(self, late: Refund) -> None:
        post(signed_in(chi_thu()), "desk:refund_found", late.pk, number="")
        for _ in range(2):
            post(signed_in(chi_thu()), "desk:refund_found", late.pk, number="R9")
        late.refresh_from_db()
        assert (late.state, late.provider_reference, kinds()) == ("done", "R9", ["refund_found"])
        assert balance(of_market(Account.Kind.BANK)) == 0

    def test_the_number_of_another_refund_is_no_proof(self, late: Refund) -> None:
        owe_back(payment=late.payment, amount=1, reason="x", key="other")
        Refund.objects.filter(key="other").update(state="done", provider_reference="R9")
        post(signed_in(chi_thu()), "desk:refund_found", late.pk, number="R9")
        late.refresh_from_db()
        assert (late.state, kinds()) == ("in_transit", [])

    def test_not_found_there_it_is_sent_by_bank(self, late: Refund) -> None:
        assert sent(chi_thu(), late).state == "in_transit"
        for _ in range(2):
            post(signed_in(chi_thu()), "desk:refund_not_found", late.pk)
        late.refresh_from_db()
        assert (late.state, kinds()) == ("failed", ["refund_not_found"])
        name_account(late.payment.order_id, **ACCOUNT)
        assert sent(chi_thu(), late).state == "done"

    def test_before_its_time_nobody_takes_it_from_the_rail(self, late: Refund) -> None:
        Refund.objects.update(started_at=timezone.now())
        post(signed_in(chi_thu()), "desk:refund_not_found", late.pk)
        post(signed_in(chi_thu()), "desk:refund_found", late.pk, number="R9")
        late.refresh_from_db()
        assert (late.state, kinds()) == ("in_transit", [])

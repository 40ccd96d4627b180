"""From what is payable to money on its way: two people, each seller once, and what came back is due again."""

import contextlib
import datetime
import hashlib
from threading import Barrier, BrokenBarrierError, Thread
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from farmers.partner.models import Partner
from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from marketplace.outbox.delivery import deliver_due
from payments.ledger.accounts import balance, of_market, owed_to
from payments.ledger.models import Account, Entry
from payments.payouts import payable as payables
from payments.payouts import services
from payments.payouts.accounts import change_account
from payments.payouts.exceptions import NotNow, SamePerson
from payments.payouts.files import WRITERS
from payments.payouts.models import Payout, PayoutBatch, PayoutFile, PayoutItem
from payments.payouts.payable import payable
from payments.payouts.services import approve_batch, cancel_batch, fill_batch, make_batch, send_batch
from payments.payouts.settling import mark_paid, mark_returned
from tests.payments.payouts.farms import (
    NOW,
    approved,
    approver,
    arrived,
    filled,
    hold,
    make_seller,
    maker,
    sent,
)
from tests.threads import together

pytestmark = pytest.mark.django_db
State = PayoutBatch.State
PATIENCE = 2
"""Seconds that a batch is given to leave, if it does not have to wait for the one being filled."""
GUARDS = {
    "one_waiting_payout_per_seller": "payouts_payout",
    "parcel_is_paid_out_once": "payouts_payoutitem",
}


@pytest.fixture(autouse=True)
def _rules() -> None:
    hold()


@pytest.fixture
def farm() -> Partner:
    return make_seller()


class TestFilling:
    def test_pays_each_seller_once_and_counts_the_total(self, farm: Partner) -> None:
        other = make_seller()
        arrived(farm, 100_000)
        arrived(farm, 50_000)
        arrived(other, 70_000)
        batch = filled()
        assert (batch.state, batch.payouts_count) == (State.READY, 2)
        assert batch.total == owed_to(farm) + owed_to(other)
        assert batch.payouts.get(partner=farm).items.count() == 2

    def test_is_done_by_the_outbox(self, farm: Partner) -> None:
        arrived(farm)
        batch, _is_new = make_batch(token=uuid4(), by=maker(), now=NOW)
        deliver_due()
        batch.refresh_from_db()
        assert batch.state == State.READY

    def test_twice_changes_nothing(self, farm: Partner) -> None:
        arrived(farm)
        batch = filled()
        arrived(farm)
        fill_batch({"batch": batch.pk})
        assert Payout.objects.count() == 1

    def test_with_nothing_due_is_no_batch(self) -> None:
        assert filled().state == State.CANCELLED

    def test_leaves_out_a_seller_without_an_account(self, farm: Partner) -> None:
        arrived(farm)
        farm.payout_accounts.all().delete()
        assert filled().payouts_count == 0

    def test_leaves_out_a_seller_who_is_changing_the_account(self, farm: Partner) -> None:
        arrived(farm)
        now = NOW - datetime.timedelta(hours=47)
        change_account(partner=farm, bank_bin="970415", number="123456", holder="X", by=maker(), now=now)
        assert filled().payouts_count == 0
        later = filled(now=NOW + datetime.timedelta(hours=1))
        assert later.payouts.get().number == "123456"

    def test_takes_out_who_changes_the_account_before_the_approval(self, farm: Partner) -> None:
        other = make_seller()
        arrived(farm)
        arrived(other)
        batch, seen = filled(), PayoutBatch.objects.get().total
        self.change_account_of(farm)
        with pytest.raises(NotNow):
            approve_batch(batch, by=approver(), total=seen, now=NOW)
        batch.refresh_from_db()
        assert (batch.total, batch.payouts_count) == (owed_to(other), 1)
        approve_batch(batch, by=approver(), total=batch.total, now=NOW)
        assert [payout.partner for payout in batch.on_the_file()] == [other]
        send_batch(batch, by=maker(), now=NOW)
        assert (owed_to(other), owed_to(farm)) == (0, payable(farm, now=NOW).amount)

    def test_is_no_batch_when_nobody_is_left(self, farm: Partner) -> None:
        arrived(farm)
        batch = filled()
        self.change_account_of(farm)
        batch.refresh_from_db()
        assert batch.state == State.CANCELLED

    def test_goes_on_to_the_old_account_once_it_is_approved(self, farm: Partner) -> None:
        arrived(farm)
        batch = approved()
        self.change_account_of(farm)
        assert batch.on_the_file().get().state == Payout.State.WAITING

    @staticmethod
    def change_account_of(farm: Partner) -> None:
        change_account(partner=farm, bank_bin="970415", number="123456", holder="X", by=maker(), now=NOW)

    def test_leaves_out_who_waits_in_another_batch(self, farm: Partner) -> None:
        arrived(farm)
        filled()
        arrived(farm)
        assert filled().payouts_count == 0


class TestTwoPeople:
    def test_the_maker_cannot_approve(self, farm: Partner) -> None:
        arrived(farm)
        batch = filled()
        with pytest.raises(SamePerson):
            approve_batch(batch, by=maker(), total=batch.total, now=NOW)

    def test_not_even_the_database_lets_one_person_do_both(self, farm: Partner) -> None:
        arrived(farm)
        batch = filled()
        with pytest.raises(IntegrityError, match="payout_batch_needs_two_people"), transaction.atomic():
            PayoutBatch.objects.filter(pk=batch.pk).update(approved_by=batch.made_by, approved_at=NOW)

    def test_another_total_than_the_one_seen_is_refused(self, farm: Partner) -> None:
        arrived(farm)
        batch = filled()
        with pytest.raises(NotNow):
            approve_batch(batch, by=approver(), total=batch.total + 1, now=NOW)

    def test_nothing_is_sent_unapproved_or_twice(self, farm: Partner) -> None:
        arrived(farm)
        batch = filled()
        with pytest.raises(NotNow):
            send_batch(batch, by=maker(), now=NOW)
        approve_batch(batch, by=approver(), total=batch.total, now=NOW)
        send_batch(batch, by=maker(), now=NOW)
        with pytest.raises(NotNow):
            send_batch(batch, by=maker(), now=NOW)
        assert Entry.objects.filter(kind=Entry.Kind.PAYOUT_SENT).count() == 1

    def test_files_are_written_once_and_can_be_made_again_to_the_byte(self, farm: Partner) -> None:
        arrived(farm)
        batch = approved()
        for form, write in WRITERS.items():
            kept = PayoutFile.objects.get(batch=batch, form=form)
            assert write(PayoutBatch.objects.get(pk=batch.pk)) == bytes(kept.content)
            assert hashlib.sha256(bytes(kept.content)).hexdigest() == kept.sha256


class TestSending:
    def test_books_the_money_and_tells_the_seller(self, farm: Partner) -> None:
        arrived(farm)
        amount = owed_to(farm)
        sent()
        assert owed_to(farm) == 0
        assert balance(of_market(Account.Kind.BANK)) == -amount
        message = Message.objects.get(kind="payout_sent")
        assert message.phone == farm.phone
        assert "Vietcombank đuôi" in render(message)[1]

    def test_a_cancelled_batch_is_due_again(self, farm: Partner) -> None:
        arrived(farm)
        batch = approved()
        cancel_batch(batch)
        assert owed_to(farm) > 0
        assert filled().total == batch.total

    def test_what_was_sent_cannot_be_cancelled(self, farm: Partner) -> None:
        arrived(farm)
        with pytest.raises(NotNow):
            cancel_batch(sent())


class TestReturning:
    def test_money_that_came_back_is_owed_and_paid_again(self, farm: Partner) -> None:
        parcel = arrived(farm)
        payout = sent().payouts.get()
        mark_returned(payout, reason="Sai số tài khoản", now=NOW)
        assert list(payable(farm, now=NOW).parcels) == [parcel.pk]
        assert payable(farm, now=NOW).amount == payout.amount
        _subject, body = render(Message.objects.get(kind="payout_returned"))
        assert "Sai số tài khoản" in body and "/ban-hang/tai-khoan-nhan-tien/" in body
        assert sent().payouts.get().amount == payout.amount
        assert owed_to(farm) == 0

    def test_comes_once(self, farm: Partner) -> None:
        arrived(farm)
        payout = sent().payouts.get()
        mark_returned(payout, reason="x", now=NOW)
        with pytest.raises(NotNow):
            mark_returned(payout, reason="x", now=NOW)

    def test_may_come_days_after_it_arrived_but_never_the_other_way(self, farm: Partner) -> None:
        arrived(farm)
        payout = sent().payouts.get()
        mark_paid(payout, bank_reference="FT1", now=NOW)
        mark_returned(payout, reason="x", now=NOW)
        with pytest.raises(NotNow):
            mark_paid(payout, bank_reference="FT1", now=NOW)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestTwoBatchesAtOnce:
    """Both read what is payable before either has written; sellers' locks, which prevent that, are off."""

    @pytest.fixture
    def _both_read_first(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "lock_sellers", list)
        meet, really = Barrier(2), services.payable

        def wait(seller: Partner, *, now: datetime.datetime) -> Any:
            due = really(seller, now=now)
            with contextlib.suppress(BrokenBarrierError):
                meet.wait(timeout=5)
            return due

        monkeypatch.setattr(services, "payable", wait)

    @staticmethod
    def run() -> list[Any]:
        # made without their outbox job, which would fill them one after the other
        batches = [PayoutBatch.objects.create(made_by=maker(), as_of=NOW) for _ in range(2)]
        return together([lambda pk=batch.pk: fill_batch({"batch": pk}) for batch in batches])

    @pytest.mark.usefixtures("_both_read_first")
    def test_pay_a_seller_once(self) -> None:
        arrived(make_seller())
        assert self.run() == [None, None]
        assert Payout.objects.count() == PayoutItem.objects.count() == 1

    @pytest.mark.usefixtures("_both_read_first")
    def test_would_pay_twice_without_the_unique_constraints(self) -> None:
        with connection.cursor() as cursor:
            for name in GUARDS:
                cursor.execute(f"DROP INDEX {name}")
        farm = make_seller()
        arrived(farm)
        assert self.run() == [None, None]
        assert Payout.objects.filter(partner=farm).count() == 2


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestSendingWhileAnotherIsFilled:
    """One batch leaves between two questions of another: what is owed, and what of it is in a batch."""

    @staticmethod
    def amounts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
        arrived(make_seller())
        first, really = approved(), payables._leaving
        sending = Thread(target=send_and_hang_up, args=(first,))

        def leaving(seller: Partner) -> int:
            sending.start()
            sending.join(timeout=PATIENCE)
            return really(seller)

        monkeypatch.setattr(payables, "_leaving", leaving)
        second = PayoutBatch.objects.create(made_by=maker(), as_of=NOW)
        fill_batch({"batch": second.pk})
        sending.join()
        assert PayoutBatch.objects.get(pk=first.pk).state == State.SENT
        return list(Payout.objects.order_by("pk").values_list("amount", flat=True))

    def test_pays_the_seller_once(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert len(self.amounts(monkeypatch)) == 1

    def test_would_pay_twice_without_the_sellers_lock(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(services, "lock_sellers", list)
        first, second = self.amounts(monkeypatch)
        assert first == second


def send_and_hang_up(batch: PayoutBatch) -> None:
    try:
        send_batch(batch, by=maker(), now=NOW)
    finally:
        connection.close()

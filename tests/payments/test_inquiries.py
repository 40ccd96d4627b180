"""Rails are asked about attempts that nobody reported, at growing intervals, and believed like notifications."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from marketplace.messaging.models import Message
from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.inquiries import ask_again
from payments.models import Payment
from payments.providers.base import Notice, Outcome, ProviderError, Reason
from payments.services import expire_unpaid, fail_payment
from tests.payments.orders import TOTAL, make_payment, reread
from tests.payments.rails import ScriptedRail

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(scripted_rail: type[ScriptedRail]) -> Payment:
    return make_payment(provider="testrail")


@pytest.fixture
def clock(waiting: Payment) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(waiting.created_at + timedelta(minutes=4), tick=False) as traveller:
        yield traveller


def says(payment: Payment, outcome: Outcome, **more: object) -> Notice:
    said = Notice(
        event_id=f"query-{payment.reference}",
        outcome=outcome,
        amount=TOTAL,
        occurred_at=timezone.now(),
        reference=payment.reference,
    )
    return Notice(**{**vars(said), **more})  # type: ignore[arg-type]


def ask(now: datetime | None = None) -> int:
    return ask_again(now or timezone.now())


def test_a_payment_whose_notification_got_lost_is_found(waiting: Payment, clock: object) -> None:
    ScriptedRail.notice = says(waiting, Outcome.PAID, provider_reference="T77")
    assert ask() == 1
    assert (reread(waiting).state, reread(waiting).provider_reference) == ("confirmed", "T77")
    assert list(find_differences()) == []


def test_a_fresh_attempt_is_left_alone_for_some_minutes(waiting: Payment) -> None:
    assert ask() == 0


def test_the_intervals_grow(waiting: Payment, clock: time_machine.Traveller) -> None:
    ScriptedRail.notice = says(waiting, Outcome.PENDING)
    asked_at = []
    for minute in range(4, 70):
        clock.move_to(waiting.created_at + timedelta(minutes=minute))
        asked_at += [minute] * ask()
    assert asked_at == [4, 8, 16, 32, 64]


def test_after_a_day_a_person_has_to_ask(waiting: Payment, clock: time_machine.Traveller) -> None:
    clock.move_to(waiting.created_at + timedelta(hours=24, minutes=1))
    assert ask() == 0


def test_money_found_after_the_order_ended_is_not_lost(
    waiting: Payment, clock: time_machine.Traveller
) -> None:
    clock.move_to(waiting.created_at + timedelta(minutes=20))
    expire_unpaid(timezone.now())
    assert reread(waiting).state == "expired"
    ScriptedRail.notice = says(waiting, Outcome.PAID)
    assert ask() == 1
    assert reread(waiting).state == "confirmed"
    assert reread(waiting).order.status == "confirmed"


def test_held_money_is_asked_about_for_a_month_and_a_person_told_after_a_day(
    waiting: Payment, clock: time_machine.Traveller
) -> None:
    ScriptedRail.notice = says(waiting, Outcome.PENDING, reason=Reason.HELD)
    ask()
    deliver_due()
    assert not Message.objects.filter(kind="money_to_give_back").exists()
    for hours in (25, 26, 24 * 29):
        clock.move_to(waiting.created_at + timedelta(hours=hours))
        expire_unpaid(timezone.now())
        deliver_due()
        assert Message.objects.filter(kind="money_to_give_back").count() == 1
    assert ask() == 1
    clock.shift(timedelta(hours=7))
    ScriptedRail.notice = says(waiting, Outcome.PAID)
    assert ask() == 1
    assert (reread(waiting).state, reread(waiting).order.status) == ("confirmed", "confirmed")


def test_what_is_no_longer_held_is_told_to_nobody(waiting: Payment, clock: time_machine.Traveller) -> None:
    ScriptedRail.notice = says(waiting, Outcome.PENDING, reason=Reason.HELD)
    ask()
    fail_payment(waiting)
    clock.shift(timedelta(hours=25))
    deliver_due()
    assert not Message.objects.filter(kind="money_to_give_back").exists()


def test_held_money_is_waited_for_and_said(waiting: Payment, clock: object) -> None:
    ScriptedRail.notice = says(waiting, Outcome.PENDING, reason=Reason.HELD)
    ask()
    assert (reread(waiting).state, reread(waiting).failure) == ("pending", "held")


def test_no_answer_and_a_wrong_answer_change_nothing(waiting: Payment, clock: object) -> None:
    ScriptedRail.error = ProviderError("half an answer", permanent=False)
    assert ask() == 1
    ScriptedRail.error, ScriptedRail.notice = None, says(waiting, Outcome.PAID, amount=TOTAL - 1)
    Payment.objects.update(ask_at=None)
    assert ask() == 1
    assert (reread(waiting).state, reread(waiting).received) == ("pending", 0)


@pytest.mark.django_db(transaction=True)
def test_the_rail_is_asked_outside_any_transaction(waiting: Payment, clock: object) -> None:
    ScriptedRail.notice = says(waiting, Outcome.PAID)
    ask()
    assert ScriptedRail.asked
    assert not ScriptedRail.was_in_transaction

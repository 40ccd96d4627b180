"""Refunds on the rail the money came by: asked for once, and looked after until it is known what became of them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from marketplace.messaging.models import Message
from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.ledger.postings import money_received
from payments.models import Payment, Refund
from payments.providers.base import NotSent, ProviderError, RefundOutcome, RefundResult, UnknownRefund
from payments.refunds import complete_refund, owe_back
from payments.sending import A_RUN, look_after
from payments.services import confirm_payment
from tests.factories import make_staff
from tests.payments.orders import TOTAL, make_payment
from tests.payments.rails import ScriptedRail

pytestmark = pytest.mark.django_db
DAY = 24 * 60 + 3
LOST = ProviderError("answer lost", permanent=False)


@pytest.fixture
def overpaid(scripted_rail: type[ScriptedRail]) -> Payment:
    """A paid attempt with 9 đồng too many."""
    payment = make_payment(provider="testrail")
    money_received(payment, rail="testrail", amount=TOTAL + 9, key="x", occurred_at=timezone.now())
    confirm_payment(payment, amount=TOTAL + 9)
    return payment


@pytest.fixture
def refund(overpaid: Payment, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks) -> Refund:
    """Owed, with its job not yet done."""
    with django_capture_on_commit_callbacks():
        return owe_back(payment=overpaid, amount=9, reason="too much", key="same")


def deliver(on_commit: DjangoCaptureOnCommitCallbacks) -> None:
    with on_commit(execute=True):
        deliver_due()


def later(minutes: int = 3) -> int:
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=False):
        return look_after(timezone.now())


def told() -> int:
    """How often the money desk was written to."""
    return Message.objects.filter(kind="money_to_give_back").count()


def test_done_at_once(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    deliver(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert (refund.state, refund.provider_reference) == ("done", "back-9")
    assert later() == 0
    assert list(find_differences()) == []


def test_a_lost_answer_is_asked_about_and_never_repeated(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ScriptedRail.error = LOST
    deliver(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert refund.state == "in_transit"
    ScriptedRail.error, ScriptedRail.result = (
        None,
        RefundResult(outcome=RefundOutcome.DONE, provider_reference="R9"),
    )
    assert later() == 1
    refund.refresh_from_db()
    assert (refund.state, refund.provider_reference, len(ScriptedRail.refunds)) == ("done", "R9", 1)
    assert list(find_differences()) == []


def test_one_that_takes_its_time(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ScriptedRail.result = RefundResult(outcome=RefundOutcome.IN_TRANSIT, provider_reference="R9")
    deliver(django_capture_on_commit_callbacks)
    assert later() == 1
    refund.refresh_from_db()
    assert (refund.state, refund.provider_reference) == ("in_transit", "R9")


def test_what_the_rail_will_not_do_a_person_does(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ScriptedRail.result = RefundResult(outcome=RefundOutcome.FAILED, message="window passed")
    deliver(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert (refund.state, refund.message) == ("failed", "window passed")
    with django_capture_on_commit_callbacks(execute=True):
        deliver_due()
    assert len(mail.outbox) == 1
    assert complete_refund(refund, bank_reference="FT1", by=make_staff())
    refund.refresh_from_db()
    assert refund.state == "done"
    assert list(find_differences()) == []


def test_what_the_rail_does_not_know_a_person_looks_at(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ScriptedRail.result = RefundResult(outcome=RefundOutcome.IN_TRANSIT, message="received")
    deliver(django_capture_on_commit_callbacks)
    ScriptedRail.error = UnknownRefund("no such refund")
    later()
    refund.refresh_from_db()
    assert refund.state == "in_transit", "our question may be late"
    later(DAY)
    refund.refresh_from_db()
    assert (refund.state, refund.message) == ("failed", "no such refund · received")
    assert (len(ScriptedRail.refunds), told()) == (1, 1)


def test_one_whose_process_died_before_asking_is_sent_later(refund: Refund) -> None:
    assert later(1) == 0
    assert later() == 1
    refund.refresh_from_db()
    assert refund.state == "done"


def test_what_never_reached_the_rail_is_sent_again(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ScriptedRail.error = NotSent("connection refused")
    deliver(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert refund.state == "created"
    ScriptedRail.error = None
    assert later() == 1
    refund.refresh_from_db()
    assert (refund.state, refund.provider_reference) == ("done", "back-9")
    assert list(find_differences()) == []


def test_while_the_rail_rests_it_waits_for_its_turn(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    cache.set("breaker:testrail:rests", True, 60)
    deliver(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert (refund.state, ScriptedRail.refunds) == ("created", [])
    cache.delete("breaker:testrail:rests")
    later()
    assert len(ScriptedRail.refunds) == 1


def test_what_the_rail_refuses_by_a_code_a_person_sends(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    ScriptedRail.error = ProviderError("wrong signature", permanent=True)
    deliver(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert (refund.state, refund.message) == ("failed", "wrong signature")


@pytest.mark.parametrize("error", [LOST, ProviderError("wrong signature", permanent=True)])
def test_a_rail_that_says_nothing_of_it_leaves_it_to_a_person_after_a_day(
    refund: Refund,
    error: ProviderError,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    """It may have been made, so it never becomes one to be sent by bank without somebody looking it up."""
    ScriptedRail.error = LOST
    deliver(django_capture_on_commit_callbacks)
    ScriptedRail.error = error
    later()
    assert not Refund.objects.late(timezone.now()).exists()
    for minutes in (DAY, DAY + 3):
        later(minutes)
    refund.refresh_from_db()
    assert (refund.state, len(ScriptedRail.refunds), told()) == ("in_transit", 1, 1)
    with time_machine.travel(timezone.now() + timedelta(minutes=DAY)):
        assert Refund.objects.late(timezone.now()).get() == refund


def test_the_number_of_one_refund_never_settles_another(
    refund: Refund, overpaid: Payment, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    deliver(django_capture_on_commit_callbacks)
    with django_capture_on_commit_callbacks():
        lost = owe_back(payment=overpaid, amount=9, reason="x", key="equal")
    ScriptedRail.error = LOST
    deliver(django_capture_on_commit_callbacks)
    ScriptedRail.error = None
    for outcome in (RefundOutcome.DONE, RefundOutcome.FAILED):
        ScriptedRail.result = RefundResult(outcome=outcome, provider_reference="back-9")
        later(DAY)
        lost.refresh_from_db()
        assert (lost.state, lost.provider_reference) == ("in_transit", "")
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.filter(pk=lost.pk).update(provider_reference="back-9")


def test_what_a_person_has_to_send_takes_nobodys_turn(overpaid: Payment) -> None:
    by_hand = make_payment()
    long_ago = timezone.now() - timedelta(days=3)
    for number in range(A_RUN):
        Refund.objects.create(payment=by_hand, amount=1, reason="x", key=f"hand:{number}")
    Refund.objects.update(created_at=long_ago)
    refund = owe_back(payment=overpaid, amount=9, reason="x", key="rail")
    assert later() == 1
    refund.refresh_from_db()
    assert refund.state == "done"


def test_a_run_ends_before_celery_ends_it(overpaid: Payment, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(2):
        owe_back(payment=overpaid, amount=9, reason="x", key=f"rail:{number}")
    Refund.objects.update(created_at=timezone.now() - timedelta(minutes=10))
    monkeypatch.setattr("payments.sending.SECONDS", -1)
    assert later() == 0
    monkeypatch.setattr("payments.sending.SECONDS", 200)
    assert later() == 2


def test_a_rail_that_is_switched_off_still_sends_back(
    refund: Refund, settings: Any, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    settings.PAYMENT_RAILS = ["vietqr"]
    assert list(Refund.objects.to_make()) == []
    deliver(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert refund.state == "done"

"""Refunds on the rail the money came by: asked for once, and looked after until it is known what became of them."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.ledger.postings import money_received
from payments.models import Payment, Refund
from payments.providers.base import ProviderError, RefundOutcome, RefundResult
from payments.refunds import complete_refund, owe_back
from payments.sending import look_after
from payments.services import confirm_payment
from tests.factories import make_staff
from tests.payments.orders import TOTAL, make_payment
from tests.payments.rails import TestRail

pytestmark = pytest.mark.django_db
LOST = ProviderError("answer lost", permanent=False)


@pytest.fixture
def overpaid(test_rail: type[TestRail]) -> Payment:
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
    TestRail.error = LOST
    deliver(django_capture_on_commit_callbacks)
    refund.refresh_from_db()
    assert refund.state == "in_transit"
    TestRail.error, TestRail.result = None, RefundResult(outcome=RefundOutcome.DONE, provider_reference="R9")
    assert later() == 1
    refund.refresh_from_db()
    assert (refund.state, refund.provider_reference, len(TestRail.refunds)) == ("done", "R9", 1)
    assert list(find_differences()) == []


def test_one_that_takes_its_time(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    TestRail.result = RefundResult(outcome=RefundOutcome.IN_TRANSIT, provider_reference="R9")
    deliver(django_capture_on_commit_callbacks)
    assert later() == 1
    refund.refresh_from_db()
    assert (refund.state, refund.provider_reference) == ("in_transit", "R9")


def test_what_the_rail_will_not_do_a_person_does(
    refund: Refund, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    TestRail.result = RefundResult(outcome=RefundOutcome.FAILED, message="window passed")
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
    TestRail.error = LOST
    deliver(django_capture_on_commit_callbacks)
    TestRail.error = ProviderError("no such refund", permanent=True)
    later()
    refund.refresh_from_db()
    assert (refund.state, len(TestRail.refunds)) == ("failed", 1)


def test_one_whose_process_died_before_asking_is_sent_later(refund: Refund) -> None:
    assert later(1) == 0
    assert later() == 1
    refund.refresh_from_db()
    assert refund.state == "done"

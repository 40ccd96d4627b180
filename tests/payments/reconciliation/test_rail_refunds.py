"""Once a day each rail is asked about the refunds that it made. What it no longer says, a person looks up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any, ClassVar

import pytest
import time_machine
from django.utils import timezone

from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from payments.audit.services import find_differences
from payments.bank_refunds import mark_returned
from payments.breaker import is_resting
from payments.ledger.accounts import balance, clearing, of_market
from payments.ledger.models import Account
from payments.ledger.postings import money_received
from payments.models import Refund
from payments.parcel_refunds import name_account
from payments.providers.base import (
    Notice,
    Outcome,
    ProviderError,
    RefundOrder,
    RefundOutcome,
    RefundResult,
    UnknownRefund,
)
from payments.reconciliation.models import Item, Run
from payments.reconciliation.rail_refunds import PATIENCE
from payments.reconciliation.rails import reconcile
from payments.reconciliation.resolving import agree, explain
from payments.refunds import owe_back, settle_refund
from payments.services import confirm_payment
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.rails import ScriptedRail

pytestmark = pytest.mark.django_db
RAIL = "testrail"
DONE, FAILED = (RefundResult(outcome=outcome) for outcome in (RefundOutcome.DONE, RefundOutcome.FAILED))
ON_ITS_WAY = RefundResult(outcome=RefundOutcome.IN_TRANSIT, message="another transaction")
LOST = ProviderError("answer lost", permanent=False)
DAY = timedelta(days=1, minutes=1)
WHY = "Thẻ đã đóng"


class Asked(ScriptedRail):
    """Says of every refund what ``says`` gives, or raises it."""

    says: ClassVar[Callable[[], RefundResult | ProviderError]] = lambda: DONE

    def fetch_refund(self, order: RefundOrder) -> RefundResult:
        answer = Asked.says()
        if isinstance(answer, ProviderError):
            raise answer
        return answer


@pytest.fixture
def refund(settings: Any, scripted_rail: type[ScriptedRail]) -> Refund:
    """9 đồng too many, which the rail has given back."""
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, RAIL: f"{__name__}.Asked"}
    payment = make_payment(provider=RAIL)
    money_received(payment, rail=RAIL, amount=TOTAL + 9, key="x", occurred_at=timezone.now())
    confirm_payment(payment, amount=TOTAL + 9)
    ScriptedRail.notice = Notice(
        event_id="paid", outcome=Outcome.PAID, amount=TOTAL + 9, occurred_at=timezone.now()
    )
    owed = owe_back(payment=payment, amount=9, reason="too much", key="same")
    settle_refund(owed, provider_reference="back-9")
    owed.refresh_from_db()
    return owed


def asked(says: RefundResult | ProviderError, after: timedelta = timedelta()) -> Run:
    Asked.says = lambda: says
    with time_machine.travel(timezone.now() + after, tick=False):
        return reconcile(RAIL, timezone.now())


def state(refund: Refund) -> str:
    refund.refresh_from_db()
    return str(refund.state)


def test_each_is_asked_about_once_a_day_for_a_month(refund: Refund) -> None:
    assert asked(DONE).match == 2
    assert asked(DONE, timedelta(hours=23)).match == 1
    assert asked(DONE, DAY).match == 2
    assert asked(DONE, timedelta(days=31)).match == 0
    assert not Item.objects.exists()


@pytest.mark.parametrize(
    ("says", "finding"),
    [(FAILED, "status_differs"), (UnknownRefund("no such refund"), "missing_there")],
    ids=["failed", "unknown"],
)
def test_what_it_does_not_say_any_more_is_a_difference(refund: Refund, says: Any, finding: str) -> None:
    run = asked(says)
    assert (getattr(run, finding), run.difference, run.match) == (1, 9, 1)
    item = Item.objects.get()
    assert (item.finding, item.refund, item.payment) == (finding, refund, refund.payment)
    assert (item.our_amount, item.their_amount, item.difference) == (-9, 0, 9)
    assert [difference.check for difference in find_differences()] == ["rails_report_the_same"]
    assert state(refund) == "done"
    asked(says, DAY)
    assert Item.objects.get() == item


def test_a_payment_that_agrees_does_not_settle_its_refund(refund: Refund) -> None:
    asked(FAILED)
    asked(FAILED, timedelta(hours=1))
    assert Item.objects.get().state == "open"


def test_once_it_says_so_again_the_difference_closes(refund: Refund) -> None:
    asked(FAILED)
    asked(DONE, DAY)
    assert Item.objects.get().state == "resolved"
    assert find_differences() == []


def test_what_two_people_have_explained_is_not_found_again(refund: Refund) -> None:
    asked(FAILED)
    agree(explain(Item.objects.get(), words="Cổng trả lời nhầm", by=chi_thu()), by=chi_hoa())
    assert asked(FAILED, DAY).difference == 0
    assert find_differences() == []


@pytest.mark.parametrize(("says", "unanswered"), [(ON_ITS_WAY, 0), (LOST, 1)], ids=["on its way", "lost"])
def test_what_says_nothing_of_it_changes_nothing(refund: Refund, says: Any, unanswered: int) -> None:
    run = asked(says)
    assert (run.match, run.unanswered, run.difference) == (1, unanswered, 0)
    assert not Item.objects.exists()


def test_what_was_not_answered_lets_the_others_have_their_turn(refund: Refund) -> None:
    asked(LOST)
    assert asked(FAILED, timedelta(hours=1)).status_differs == 0
    assert asked(FAILED, DAY).status_differs == 1


def test_one_refund_has_one_open_difference(refund: Refund) -> None:
    asked(FAILED)
    asked(UnknownRefund("no such refund"), DAY)
    assert Item.objects.get(state="open").finding == "missing_there"


def test_a_person_notes_it_as_come_back_and_the_buyer_gets_it_by_bank(refund: Refund) -> None:
    assert balance(clearing(RAIL)) == TOTAL
    asked(FAILED)
    desk = signed_in(chi_thu())
    page = text(desk, "desk:item", Item.objects.get().pk)
    assert f"/{refund.pk}/ngan-hang-tra-ve/" in page and "back-9" in page
    assert "trang của cổng thanh toán" in text(desk, "desk:refund_returned", refund.pk)
    post(desk, "desk:refund_returned", refund.pk, reason=WHY)
    assert state(refund) == "failed"
    assert (balance(clearing(RAIL)), -balance(of_market(Account.Kind.REFUNDS_PAYABLE))) == (TOTAL + 9, 9)
    item = Item.objects.get()
    assert (item.state, item.resolved_by) == ("resolved", chi_thu())
    assert item.entry is not None and item.entry.reverses is not None
    assert find_differences() == []
    (said,) = Message.objects.filter(kind="refund_returned")
    assert WHY in " ".join(render(said))
    name_account(refund.payment.order_id, bank_bin="970415", number="0123456789", holder="NGUYEN THI LAN")
    post(desk, "desk:refund_release", refund.pk)
    post(signed_in(chi_hoa()), "desk:refund_done", refund.pk, bank_reference="FT9")
    assert state(refund) == "done"
    assert asked(DONE, 2 * DAY).match == 0  # it is not the rail's any more; nor is the payment of these days
    assert find_differences() == []


def test_what_was_noted_as_come_back_and_the_rail_says_it_made_is_a_difference(refund: Refund) -> None:
    """A slip of the person: the buyer would get it twice."""
    mark_returned(refund, reason=WHY)
    assert asked(DONE).status_differs == 1
    item = Item.objects.get()
    assert (item.our_amount, item.their_amount, item.state) == (0, -9, "open")
    assert asked(FAILED, DAY).difference == 0
    assert [one.state for one in Item.objects.all()] == ["resolved"]


def test_such_a_slip_is_undone_at_one_press(refund: Refund) -> None:
    mark_returned(refund, reason=WHY)
    name_account(refund.payment.order_id, bank_bin="970415", number="0123456789", holder="NGUYEN THI LAN")
    desk = signed_in(chi_thu())
    post(desk, "desk:refund_found", refund.pk, number=refund.provider_reference)
    assert state(refund) == "failed", "the rail has not said so"
    asked(DONE)
    item = Item.objects.get()
    page = text(desk, "desk:item", item.pk)
    assert f"/{refund.pk}/cong-da-tra/" in page and "ngan-hang-tra-ve" not in page
    for _ in range(2):
        post(desk, "desk:refund_found", refund.pk, number=refund.provider_reference)
    item.refresh_from_db()
    assert (state(refund), refund.sent_by, item.state, item.resolved_by) == (
        "done",
        None,
        "resolved",
        chi_thu(),
    )
    assert (balance(clearing(RAIL)), balance(of_market(Account.Kind.REFUNDS_PAYABLE))) == (TOTAL, 0)
    assert refund.account == ""
    assert find_differences() == []
    assert asked(DONE, DAY).difference == 0


def test_those_that_get_no_answer_neither_close_the_rail_nor_keep_payments_waiting(refund: Refund) -> None:
    for at in range(5):
        owed = owe_back(payment=refund.payment, amount=1, reason="x", key=f"y{at}")
        settle_refund(owed, provider_reference=f"back-{at}")
    run = asked(LOST)
    assert (run.match, run.unanswered) == (1, PATIENCE)
    assert not is_resting(RAIL)
    assert asked(LOST).unanswered == 6 - PATIENCE


def test_what_was_explained_does_not_hide_that_it_fails_later(refund: Refund) -> None:
    asked(FAILED)
    agree(explain(Item.objects.get(), words="Cổng trả lời nhầm", by=chi_thu()), by=chi_hoa())
    asked(DONE, DAY)
    assert asked(FAILED, 2 * DAY).difference == 9
    assert Item.objects.filter(state="open").count() == 1


def test_what_was_noted_while_the_rail_was_asked_is_no_difference(refund: Refund) -> None:
    def noted_meanwhile() -> RefundResult:
        mark_returned(refund, reason=WHY)
        return FAILED

    Asked.says = noted_meanwhile
    assert reconcile(RAIL, timezone.now()).difference == 0
    assert not Item.objects.exists()


def test_a_transfer_of_the_same_sum_is_no_news_of_it(refund: Refund) -> None:
    """Its money came back to the rail, not to our bank account."""
    transfer_of("khong ro", 9)
    post(signed_in(chi_thu()), "desk:refund_returned", refund.pk, reason=WHY)
    assert state(refund) == "failed"

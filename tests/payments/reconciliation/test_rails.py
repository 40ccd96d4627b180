"""Every hour rails are asked about yesterday and today. What they say is compared, and lost money taken in."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import timezone

from payments.audit.services import find_differences
from payments.models import Notification, Payment, Refund
from payments.providers.base import Charge, Notice, Outcome, ProviderError
from payments.reconciliation.models import Check, Item, Run
from payments.reconciliation.rails import reconcile, to_be_asked
from payments.reconciliation.reports import report_notification
from payments.reconciliation.resolving import agree, explain
from payments.refunds import owe_back
from tests.payments.desk.people import chi_hoa, chi_thu
from tests.payments.orders import TOTAL, make_order, reread
from tests.payments.rails import ScriptedRail

pytestmark = pytest.mark.django_db(transaction=False)
RAIL = "testrail"


class Asked(ScriptedRail):
    """Answers by reference: a notice, None for "no such payment", or an error to raise."""

    answers: dict[str, Any] = {}

    def fetch(self, charge: Charge) -> Notice | None:
        answer = self.answers.get(charge.reference)
        if isinstance(answer, ProviderError):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _rail(settings: Any) -> Iterator[None]:
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, RAIL: f"{__name__}.Asked"}
    settings.PAYMENT_NOTIFIERS = {**settings.PAYMENT_NOTIFIERS, RAIL: f"{__name__}.Asked"}
    settings.PAYMENT_RAILS = ["vietqr", RAIL]
    Asked.answers = {}
    yield
    Asked.answers = {}


def at_the_rail(**fields: Any) -> Payment:
    """An attempt that the rail has begun."""
    payment: Payment = Payment.objects.create(
        **{
            "order": make_order(),
            "provider": RAIL,
            "state": Payment.State.PENDING,
            "amount": TOTAL,
            "reference": f"BPT{Payment.objects.count():07}",
            **fields,
        }
    )
    return payment


def says(payment: Payment, outcome: Outcome = Outcome.PAID, amount: int = TOTAL) -> None:
    Asked.answers[payment.reference] = Notice(
        event_id=f"q{payment.pk}",
        outcome=outcome,
        amount=amount,
        occurred_at=timezone.now(),
        reference=payment.reference,
    )


def run() -> Run:
    return reconcile(RAIL, timezone.now())


def test_money_that_we_had_not_heard_of_is_taken_in_and_written_down() -> None:
    payment = at_the_rail()
    says(payment)
    first = run()
    assert reread(payment).state == Payment.State.CONFIRMED
    assert (first.missing_here, first.cured, first.difference) == (1, 1, 0)
    item = Item.objects.get()
    assert (item.state, item.resolved_by, item.their_amount) == ("resolved", None, TOTAL)
    second = run()
    assert (second.match, second.cured) == (1, 0)
    assert Item.objects.count() == 1
    assert find_differences() == []


def test_what_agrees_is_counted_only() -> None:
    paid, waiting = at_the_rail(), at_the_rail()
    says(paid)
    says(waiting, Outcome.PENDING, 0)
    run()
    again = run()
    assert (again.match, again.their_total, again.our_total) == (2, TOTAL, TOTAL)


def test_what_they_never_heard_of_or_call_unpaid_differs_until_they_agree() -> None:
    gone, unpaid = at_the_rail(), at_the_rail()
    for payment in (gone, unpaid):
        says(payment)
    run()
    Asked.answers[gone.reference] = None
    says(unpaid, Outcome.FAILED, 0)
    found = run()
    assert (found.missing_there, found.status_differs, found.difference) == (1, 1, 2 * TOTAL)
    run()
    opened = Item.objects.filter(state="open")
    assert dict(opened.values_list("payment", "finding")) == {
        gone.pk: "missing_there",
        unpaid.pk: "status_differs",
    }
    checks = [difference.check for difference in find_differences()]
    assert checks == ["rails_report_the_same"] * 2
    says(gone)
    run()
    assert opened.get().payment == unpaid
    agree(explain(opened.get(), words="Cổng đã xác nhận qua thư", by=chi_thu()), by=chi_hoa())
    assert find_differences() == []


def test_too_much_here_does_not_make_up_for_too_little_there() -> None:
    for amount in (TOTAL + 1_000, TOTAL - 1_000):
        payment = at_the_rail()
        says(payment)
        run()
        says(payment, amount=amount)
    assert run().difference == 2_000


def test_what_a_person_settled_stays_settled_until_they_say_something_new() -> None:
    payment = at_the_rail()
    says(payment, amount=TOTAL - 1)
    run()
    agree(explain(Item.objects.get(), words="Cổng đã xác nhận qua thư", by=chi_thu()), by=chi_hoa())
    assert run().difference == 0
    assert Item.objects.count() == 1
    says(payment, amount=TOTAL - 2)
    run()
    run()
    assert Item.objects.get(state="open").their_amount == TOTAL - 2


def test_what_a_person_settled_explains_nothing_once_both_sides_had_agreed() -> None:
    payment = at_the_rail()
    says(payment)
    run()
    for expected in (1, 2):
        says(payment, Outcome.PENDING, 0)
        run()
        item = Item.objects.get(state="open")
        assert Item.objects.filter(finding="status_differs").count() == expected
        agree(explain(item, words="Cổng trả lời nhầm", by=chi_thu()), by=chi_hoa())
        run()
        assert not Item.objects.filter(state="open").exists()
        says(payment)
        run()


def test_an_answer_that_agrees_leaves_open_what_a_notification_said() -> None:
    """The rail's list of payments knows nothing of a charge that came twice."""
    payment = at_the_rail()
    told = Notification.objects.create(
        provider=RAIL,
        event_id="e1",
        body=b'{"id": "e1", "reference": "x", "outcome": "failed", "amount": 0}',
        payment=payment,
        verdict=Notification.Verdict.CONTRADICTS,
    )
    report_notification({"notification": told.pk})
    says(payment, Outcome.FAILED, TOTAL)
    Payment.objects.filter(pk=payment.pk).update(received=TOTAL)
    run()
    assert sorted(Item.objects.values_list("state", "finding")) == [("open", "status_differs")] * 2
    says(payment)
    run()
    assert Item.objects.get(state="open").raw["notification"] == told.pk


@pytest.mark.parametrize(
    ("refund", "agrees"), [("done", True), ("in_transit", True), ("failed", False), ("", False)]
)
def test_what_is_given_back_agrees_only_where_the_rail_does_it_for_us(refund: str, agrees: bool) -> None:
    """Without a sum, as VNPAY says it. It brings no money where none had come."""
    paid, unpaid = at_the_rail(), at_the_rail()
    says(paid)
    run()
    if refund:
        back = owe_back(payment=reread(paid), amount=1_000, reason="x", key="y")
        Refund.objects.filter(pk=back.pk).update(state=refund, started_at=timezone.now())
    for payment in (paid, unpaid):
        says(payment, Outcome.REFUNDING)
    found = run()
    assert (found.match, found.status_differs, found.amount_differs) == (agrees, not agrees, 1)
    assert reread(unpaid).received == 0
    opened = {item.payment: item.their_amount for item in Item.objects.filter(state="open")}
    assert opened == {unpaid: TOTAL} | ({} if agrees else {paid: 0})


def test_another_amount_changes_nothing_of_ours() -> None:
    payment = at_the_rail()
    says(payment, amount=TOTAL - 1)
    found = run()
    assert reread(payment).received == 0
    assert (found.amount_differs, found.cured, found.difference) == (1, 0, TOTAL - 1)
    assert Item.objects.get().state == "open"


@pytest.mark.parametrize("permanent", [False, True])
def test_a_rail_that_does_not_answer_is_asked_again_and_blamed_for_nothing(permanent: bool) -> None:
    payment = at_the_rail()
    Asked.answers[payment.reference] = ProviderError("timeout, or a wrong key", permanent=permanent)
    assert run().unanswered == 1
    assert not Item.objects.exists()
    assert Check.objects.get().finding == ""


def test_five_of_which_nothing_is_understood_keep_no_other_from_its_turn() -> None:
    """The breaker ends a run after five: the same five must not come first for ever."""
    odd, good = [at_the_rail() for _ in range(5)], at_the_rail()
    for payment in odd:
        Asked.answers[payment.reference] = ProviderError("resultCode 4711", permanent=False)
    says(good)
    assert (run().unanswered, reread(good).received) == (6, 0)
    cache.delete(f"breaker:{RAIL}:rests")
    run()
    assert reread(good).received == TOTAL


def test_only_yesterday_and_today_are_asked_about_and_only_what_was_begun() -> None:
    says(at_the_rail(created_at=timezone.now() - timedelta(days=3)))
    says(at_the_rail(state=Payment.State.CREATED))
    assert run().cured == 0
    assert not Check.objects.exists()


def test_what_a_rail_never_answered_about_is_asked_on_and_named_by_the_audit_after_a_day() -> None:
    payment = at_the_rail()
    says(payment)
    run()
    Check.objects.all().delete()
    Asked.answers[payment.reference] = ProviderError("timeout", permanent=True)
    run()
    assert find_differences() == []
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        (silent,) = find_differences()
        assert (silent.subject, silent.expected, silent.found) == (RAIL, 0, TOTAL)
        says(payment)
        assert run().match == 1
        assert find_differences() == []
        assert run().match == 0


def test_those_not_asked_for_longest_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    payments = [at_the_rail() for _ in range(3)]
    for payment in payments:
        says(payment, Outcome.PENDING, 0)
    monkeypatch.setattr("payments.reconciliation.rails.A_RUN", 2)
    run()
    run()
    assert set(Check.objects.values_list("payment", flat=True)) == {payment.pk for payment in payments}


def test_transfers_and_cash_cannot_be_asked_about() -> None:
    assert to_be_asked(timezone.now()) == [RAIL]


def test_a_rail_that_was_switched_off_is_asked_about_what_it_took(settings: Any) -> None:
    settings.PAYMENT_RAILS = ["vietqr"]
    assert to_be_asked(timezone.now()) == []
    at_the_rail(confirmed_at=timezone.now())
    assert to_be_asked(timezone.now()) == [RAIL]
    assert to_be_asked(timezone.now() + timedelta(days=31)) == []

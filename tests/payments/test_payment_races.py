"""Money that comes twice at the same moment, on real connections, and what happens without the locks."""

from collections import Counter
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.order.models import Order
from payments import services, transfers
from payments.models import Notification, Payment, Transfer
from payments.notifications import settle
from payments.services import confirm_payment, expire_unpaid
from tests.payments.orders import TOTAL, bank_says, make_order, make_payment, notify, reread
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_one_notification_told_eight_times_at_once_counts_once() -> None:
    payment = make_payment()
    body = bank_says(payment.reference)
    answers = together([lambda: notify(Client(), body).status_code] * 8)
    assert answers == [200] * 8
    assert Notification.objects.get().repeats == 7
    assert Transfer.objects.count() == 1
    assert reread(payment).received == TOTAL


def test_eight_transfers_at_once_confirm_one_and_give_seven_back() -> None:
    order = make_order()
    attempts = [make_payment(order) for _ in range(4)]
    landings = together([partial(confirm_payment, attempt, amount=TOTAL) for attempt in attempts * 2])
    assert Counter(landing.outcome for landing in landings) == {"exact": 1, "duplicate": 7}
    assert Payment.objects.filter(state="confirmed").count() == 1
    assert sum(Payment.objects.values_list("received", flat=True)) == 8 * TOTAL


def test_parts_that_come_at_once_add_up() -> None:
    payment = make_payment()
    landings = together([lambda: confirm_payment(payment, amount=TOTAL // 10)] * 10)
    assert Counter(landing.outcome for landing in landings) == {"partial": 9, "exact": 1}
    assert (reread(payment).received, reread(payment).state) == (TOTAL, "confirmed")


def test_without_the_lock_parts_are_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    meeting = Barrier(4)

    def unlocked(order_id: int) -> tuple[Order, list[Payment]]:
        order = Order.objects.get(pk=order_id)
        found = list(Payment.objects.filter(order=order).order_by("pk"))
        meeting.wait(timeout=30)
        return order, found

    payment = make_payment()
    monkeypatch.setattr(services, "lock_attempts", unlocked)
    together([lambda: confirm_payment(payment, amount=10_000)] * 4)
    assert reread(payment).received < 40_000


def test_money_and_the_end_of_the_order_meet() -> None:
    """Whoever comes first, the money ends somewhere and the order in one state."""
    payments = [make_payment(make_order(), expires_at=timezone.now()) for _ in range(6)]
    jobs: list[Any] = [lambda: expire_unpaid(timezone.now())]
    jobs += [partial(confirm_payment, payment, amount=TOTAL) for payment in payments]
    results = together(jobs)
    assert not [result for result in results if isinstance(result, Exception)]
    for payment in payments:
        assert reread(payment).state == "confirmed"
        assert reread(payment).order.status == Order.Status.CONFIRMED


def told_under_two_events(payment: Payment) -> list[Any]:
    body = bank_says(payment.reference, amount=TOTAL // 2)
    told = [
        Notification.objects.create(provider="sepay", event_id=f"{payment.pk}-{n}", body=body) for n in "ab"
    ]
    return [partial(settle, {"notification": one.pk}) for one in told]


def test_a_transfer_told_under_two_events_at_once_counts_once() -> None:
    for _ in range(6):
        payment = make_payment()
        assert together(told_under_two_events(payment)) == [True, True]
        assert reread(payment).received == TOTAL // 2


def test_without_the_lock_of_its_number_it_counts_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    payment, meeting = make_payment(), Barrier(2)
    told_again = transfers._told_again

    def looked_first(*looked: Any) -> Transfer | None:
        known = told_again(*looked)
        meeting.wait(timeout=30)
        return known

    monkeypatch.setattr(transfers, "lock_number", lambda number: None)
    monkeypatch.setattr(transfers, "_told_again", looked_first)
    together(told_under_two_events(payment))
    assert reread(payment).received == TOTAL

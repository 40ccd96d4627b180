"""States of batches and payouts: each possible step works, every other one is refused and changes nothing."""

from collections.abc import Callable
from contextlib import nullcontext
from itertools import product

import pytest

from payments.payouts.accounts import change_account
from payments.payouts.exceptions import NotNow
from payments.payouts.models import Payout, PayoutBatch
from payments.payouts.services import approve_batch, cancel_batch, send_batch
from payments.payouts.settling import mark_paid, mark_returned
from tests.payments.payouts.farms import NOW, approved, approver, arrived, filled, hold, make_seller, maker
from tests.threads import together

pytestmark = pytest.mark.django_db
Batch, State = PayoutBatch.State, Payout.State
BATCH_STEPS: dict[str, Callable[[PayoutBatch], object]] = {
    Batch.APPROVED: lambda batch: approve_batch(batch, by=approver(), total=batch.total, now=NOW),
    Batch.SENT: lambda batch: send_batch(batch, by=maker(), now=NOW),
    Batch.CANCELLED: cancel_batch,
}
PAYOUT_STEPS: dict[str, Callable[[Payout], object]] = {
    State.PAID: lambda payout: mark_paid(payout, bank_reference="FT1", now=NOW),
    State.RETURNED: lambda payout: mark_returned(payout, reason="x", now=NOW),
}


@pytest.fixture(autouse=True)
def _parcel() -> None:
    hold()
    arrived(make_seller())


@pytest.mark.parametrize(("begins", "to"), list(product(Batch.values, BATCH_STEPS)))
def test_a_batch_takes_only_steps_of_its_table(begins: str, to: str) -> None:
    batch = filled()
    by = {"approved_by": approver(), "approved_at": NOW}
    if begins == Batch.SENT:
        by |= {"sent_by": maker(), "sent_at": NOW}
    PayoutBatch.objects.update(state=begins, **by)
    possible = to in PayoutBatch.TRANSITIONS[Batch(begins)]
    with nullcontext() if possible else pytest.raises(NotNow):
        BATCH_STEPS[to](batch)
    assert PayoutBatch.objects.get().state == (to if possible else begins)


@pytest.mark.parametrize(("begins", "to"), list(product(State.values, PAYOUT_STEPS)))
def test_a_payout_takes_only_steps_of_its_table(begins: str, to: str) -> None:
    send_batch(approved(), by=maker(), now=NOW)
    Payout.objects.update(state=begins)
    possible = to in Payout.TRANSITIONS[State(begins)]
    with nullcontext() if possible else pytest.raises(NotNow):
        PAYOUT_STEPS[to](Payout.objects.get())
    assert Payout.objects.get().state == (to if possible else begins)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(3))
def test_a_batch_is_sent_or_cancelled_never_both(_again: int) -> None:
    batch = approved()
    answers = together(
        [
            lambda: send_batch(PayoutBatch.objects.get(), by=maker(), now=NOW),
            lambda: cancel_batch(PayoutBatch.objects.get()),
        ]
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["NoneType", "NotNow"]
    batch.refresh_from_db()
    assert Payout.objects.get().state == batch.state


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("_again", range(3))
def test_an_account_changed_at_the_moment_of_approval_leaves_the_batch_or_not(_again: int) -> None:
    batch, other, asker = filled(), approver(), maker()
    seller = Payout.objects.get().partner

    def change() -> None:
        change_account(
            partner=seller,
            bank_bin="970422",
            number="0999",
            holder="X",
            by=asker,
            now=NOW,
        )

    approval, changed = together(
        [lambda: approve_batch(PayoutBatch.objects.get(), by=other, total=batch.total, now=NOW), change]
    )
    assert not isinstance(changed, Exception), changed
    goes = approval is None
    batch.refresh_from_db()
    assert (batch.state, Payout.objects.get().state) == (
        (Batch.APPROVED, State.WAITING) if goes else (Batch.CANCELLED, State.CANCELLED)
    )
    assert batch.total == (batch.payouts.get().amount if goes else 0)

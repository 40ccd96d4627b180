"""Two of the staff note the transfer of one refund at once, on real connections, and what happens without guards."""

from functools import partial
from threading import Barrier

import pytest

from payments.audit.services import find_differences
from payments.desk import refunds
from payments.desk.exceptions import AlreadyDecided
from payments.desk.models import DeskAction
from payments.desk.refunds import refund_made
from payments.ledger.models import Entry
from payments.managers import RefundQuerySet
from payments.models import Refund, RefundPolicy
from tests.payments.desk.people import chi_hoa, chi_thu, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.threads import looked_first, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def refund() -> Refund:
    RefundPolicy.objects.create(valid_from="2026-01-01", limit=500_000)
    transfer_of(make_payment().reference, TOTAL + 5_000)
    owed: Refund = Refund.objects.get()
    return owed


def made_at_once(refund: Refund) -> list[object]:
    jobs = []
    for person, reference in ((chi_thu(), "FT1"), (chi_hoa(), "FT2")):
        own = Refund.objects.select_related("payment__order").get(pk=refund.pk)
        jobs.append(partial(refund_made, own, bank_reference=reference, by=person))
    return together(jobs)


def test_it_is_made_once(refund: Refund) -> None:
    answers = made_at_once(refund)
    assert {type(one) for one in answers} == {type(None), AlreadyDecided}
    refund.refresh_from_db()
    assert refund.bank_reference == ("FT1" if answers[0] is None else "FT2")
    assert Entry.objects.filter(kind="refund_sent").count() == 1
    action = DeskAction.objects.get(kind="refund_made")
    assert (action.actor, action.note) == (refund.sent_by, refund.bank_reference)
    assert find_differences() == []


def test_without_guards_both_are_told_that_they_made_it(
    refund: Refund, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the test above can fail."""
    monkeypatch.setattr(refunds, "lock_attempts", lambda order_id: None)
    monkeypatch.setattr(RefundQuerySet, "move", looked_first(Barrier(2)))
    assert made_at_once(refund) == [None, None]

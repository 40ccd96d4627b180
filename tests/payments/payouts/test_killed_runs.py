"""A payout run that is killed and started again pays each seller once, by a file that never changes.

PAYOUT_FARMERS makes the run as large as wanted; the suite's is small.
"""

import os
import signal

import pytest

from farmers.partner.models import Partner
from marketplace.torture.forks import end_of
from marketplace.torture.payout_run import KILLS, start
from payments.ledger.accounts import balance, of_market, owed_to
from payments.ledger.models import Account, Entry
from payments.payouts.files import WRITERS
from payments.payouts.models import Payout, PayoutBatch, PayoutFile, PayoutItem
from tests.payments.payouts.farms import NOW, approver, arrived, hold, make_seller, maker

FARMERS = int(os.environ.get("PAYOUT_FARMERS", "8"))


@pytest.mark.django_db(transaction=True)
def test_a_run_killed_at_any_point_pays_each_seller_exactly_once() -> None:
    hold()
    maker(), approver()
    sellers = [make_seller() for _ in range(FARMERS)]
    for at, seller in enumerate(sellers):
        arrived(seller, 50_000 + 1_000 * at)
    owed = {seller.pk: owed_to(seller) for seller in sellers}

    kept: set[tuple[str, bytes]] = set()
    for kill in KILLS:
        assert end_of(start(kill, NOW)) == -signal.SIGKILL, f"{kill} was never reached"
        kept |= _files()
    at_once = [start(":", NOW), start(":", NOW)]
    assert [end_of(process) for process in at_once] == [0, 0]

    batch = PayoutBatch.objects.get()
    payouts = Payout.objects.values_list("partner", "amount", "state")
    assert sorted(payouts) == sorted((pk, amount, Payout.State.SENT) for pk, amount in owed.items())
    assert PayoutItem.objects.count() == FARMERS
    assert Entry.objects.filter(kind=Entry.Kind.PAYOUT_SENT).count() == FARMERS
    assert balance(of_market(Account.Kind.BANK)) == -sum(owed.values()) == -batch.total
    assert [owed_to(seller) for seller in Partner.objects.filter(pk__in=owed)] == [0] * FARMERS
    assert kept == _files() == {(form, write(batch)) for form, write in WRITERS.items()}


def _files() -> set[tuple[str, bytes]]:
    return {(form, bytes(content)) for form, content in PayoutFile.objects.values_list("form", "content")}

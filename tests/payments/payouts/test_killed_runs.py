"""A payout run that is killed and started again pays each seller once, by a file that never changes.

PAYOUT_FARMERS makes the run as large as wanted; the suite's is small.
"""

import os
import signal
from multiprocessing import get_context
from multiprocessing.context import ForkProcess

import pytest
from django.db import connections

from farmers.partner.models import Partner
from payments.ledger.accounts import balance, of_market, owed_to
from payments.ledger.models import Account, Entry
from payments.payouts.files import WRITERS
from payments.payouts.models import Payout, PayoutBatch, PayoutFile, PayoutItem
from tests.payments.payouts.farms import approver, arrived, hold, make_seller, maker
from tests.payments.payouts.run import run

FARMERS = int(os.environ.get("PAYOUT_FARMERS", "8"))
#: in the midst of each step, and after each that was committed
KILLS = ("make:3", "fill:30", "fill:end", "approve:6", "approve:end", "send:9")


def start(kill: str = ":") -> ForkProcess:
    """The run on this test's database: forked, since starting Django anew takes two seconds each time."""
    connections.close_all()
    process = get_context("fork").Process(target=run, args=(kill,))
    process.start()
    return process


def end_of(process: ForkProcess) -> int | None:
    process.join(timeout=120)
    return process.exitcode


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
        assert end_of(start(kill)) == -signal.SIGKILL, f"{kill} was never reached"
        kept |= _files()
    at_once = [start(), start()]
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

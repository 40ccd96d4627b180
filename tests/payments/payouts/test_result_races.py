"""The bank's file names sellers in its own order while others take their accounts' locks, on real connections."""

from functools import partial
from threading import Event
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from marketplace.accounts.models import User
from payments.ledger.accounts import seller_payable
from payments.ledger.locks import lock_account
from payments.ledger.models import Account
from payments.payouts import results
from payments.payouts.models import Payout, ResultFile
from payments.payouts.results import import_results
from tests.payments.payouts.farms import NOW, arrived, hold, make_seller, maker, sent
from tests.threads import together
from tests.waiting import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def payouts() -> list[Payout]:
    hold()
    for _ in range(2):
        arrived(make_seller())
    return list(sent().payouts.order_by("partner"))


def somebody_waits_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_stat_clear_snapshot()"
        )  # else a transaction sees one moment again and again
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return cursor.fetchone() is not None


@transaction.atomic
def take_in_order(accounts: list[Account], has_first: Event) -> None:
    """As a refund of an order from both: the second once the bank's file waits for the first."""
    first, second = accounts
    lock_account(first)
    has_first.set()
    wait_for(somebody_waits_for_a_lock, "the bank's file to wait")
    lock_account(second)


def at_once(payouts: list[Payout]) -> list[Any]:
    """The file names the sellers the other way round."""
    accounts = [seller_payable(payout.partner) for payout in payouts]
    rows = [f"{payout.reference},that bai" for payout in reversed(payouts)]
    content, has_first = "\n".join(["reference,status", *rows]).encode(), Event()

    def bring(by: User) -> ResultFile:
        assert has_first.wait(timeout=30)
        return import_results(name="kq.csv", content=content, by=by, now=NOW)

    return together([partial(bring, maker()), partial(take_in_order, accounts, has_first)])


def test_nobody_waits_in_a_ring(payouts: list[Payout]) -> None:
    assert [type(answer) for answer in at_once(payouts)] == [ResultFile, type(None)]
    assert set(Payout.objects.values_list("state", flat=True)) == {Payout.State.RETURNED}


def test_in_the_files_own_order_they_do(payouts: list[Payout], monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    monkeypatch.setattr(results, "sorted", lambda places, key: list(places), raising=False)
    assert OperationalError in [type(answer) for answer in at_once(payouts)]

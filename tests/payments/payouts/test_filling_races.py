"""A seller changes the account while a batch is put together, on real connections, and what happens without locks."""

from functools import partial
from threading import Event

import pytest

from farmers.partner.models import Partner
from marketplace.accounts.models import User
from payments.payouts import accounts, services
from payments.payouts.accounts import change_account
from payments.payouts.models import Payout, PayoutAccount, PayoutBatch
from payments.payouts.services import fill_batch
from tests.payments.payouts.farms import NOW, arrived, hold, make_seller, maker
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
State = Payout.State


@pytest.fixture
def seller() -> Partner:
    hold()
    with_parcel = make_seller()
    arrived(with_parcel)
    return with_parcel


def begun() -> PayoutBatch:
    """Without its outbox job, which would fill it at once."""
    batch: PayoutBatch = PayoutBatch.objects.create(made_by=maker(), as_of=NOW)
    return batch


def change(seller: Partner, by: User) -> PayoutAccount:
    return change_account(partner=seller, bank_bin="970422", number="0999", holder="X", by=by, now=NOW)


def test_nothing_waits_for_the_account_that_is_being_changed(seller: Partner) -> None:
    batch = begun()
    filled, changed = together([partial(fill_batch, {"batch": batch.pk}), partial(change, seller, maker())])
    assert (filled, type(changed)) == (None, PayoutAccount)
    batch.refresh_from_db()
    assert (batch.state, batch.total) == (PayoutBatch.State.CANCELLED, 0)
    assert set(Payout.objects.values_list("state", flat=True)) <= {State.CANCELLED}


def test_without_the_sellers_lock_it_does(seller: Partner, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    looked, changed, really = Event(), Event(), services.frozen_change

    def look(*args: Partner, **at: object) -> PayoutAccount | None:
        found = really(*args, **at)  # type: ignore[arg-type]
        looked.set()
        changed.wait(timeout=30)
        return found

    def change_meanwhile(by: User) -> None:
        looked.wait(timeout=30)
        change(seller, by)
        changed.set()

    monkeypatch.setattr(services, "lock_sellers", list)
    monkeypatch.setattr(accounts, "lock_seller", lambda partner: None)
    monkeypatch.setattr(services, "frozen_change", look)
    together([partial(fill_batch, {"batch": begun().pk}), partial(change_meanwhile, maker())])
    assert Payout.objects.get().state == State.WAITING

"""A batch of payouts: put together, approved by a second person, sent. Each step happens once, or not at all.

What a step changes is decided by one conditional UPDATE, or under the lock of the batch's row (fill_batch,
leave_out); that a parcel or a balance is never paid twice, by the unique constraints of Payout and PayoutItem. A step
that was killed left nothing and is simply taken again.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum

from farmers.partner.models import Partner
from marketplace.accounts.models import User
from marketplace.outbox.services import enqueue
from payments.payouts.accounts import bank_capitals, current_account, frozen_change
from payments.payouts.bookings import payout_sent
from payments.payouts.exceptions import NotNow, SamePerson
from payments.payouts.files import write_files
from payments.payouts.locks import lock_batch, lock_sellers
from payments.payouts.models import Payout, PayoutBatch, PayoutItem
from payments.payouts.notices import tell_sent
from payments.payouts.payable import Payable, payable, sellers_with_balance

State = PayoutBatch.State


@transaction.atomic
def make_batch(*, token: UUID, by: User, now: datetime) -> tuple[PayoutBatch, bool]:
    """Begin a batch of all that is payable at ``now``; an outbox job puts it together.

    ``token`` is the form's. Returns the batch, and whether it is new.
    """
    account = {
        "bank_bin": settings.BANK_BIN,
        "account": settings.BANK_ACCOUNT,
        "account_name": bank_capitals(settings.BANK_ACCOUNT_NAME),
    }
    begun = {"made_by": by, "as_of": now, **account}
    batch, is_new = PayoutBatch.objects.get_or_create(token=token, defaults=begun)
    enqueue("fill_payout_batch", {"batch": batch.pk}, key=f"fill_payout_batch:{batch.pk}")
    return batch, is_new


@transaction.atomic
def fill_batch(payload: dict[str, Any]) -> None:
    """The outbox job: one payout for each seller who can be paid. ``payload`` is {"batch": pk}."""
    sellers = lock_sellers(sellers_with_balance())
    batch = lock_batch(payload["batch"])
    if batch.state != State.COLLECTING:
        return
    for seller in sellers:
        _include(batch, seller)
    sums = batch.payouts.aggregate(count=Count("pk"), total=Sum("amount", default=0))
    batch.state = State.READY if sums["count"] else State.CANCELLED
    batch.payouts_count, batch.total = sums["count"], sums["total"]
    batch.save(update_fields=["state", "payouts_count", "total"])


def _include(batch: PayoutBatch, seller: Partner) -> None:
    """Leave out whoever has no account, is changing it, is owed nothing, or is in another batch already."""
    account = current_account(seller, now=batch.as_of)
    due = payable(seller, now=batch.as_of)
    if account is None or due.amount <= 0 or frozen_change(seller, now=batch.as_of):
        return
    payout = Payout(
        batch=batch,
        partner=seller,
        account=account,
        reference=f"{batch.reference}N{seller.pk}",
        amount=due.amount,
        adjustment=due.adjustment,
        bank_bin=account.bank_bin,
        number=account.number,
        holder=account.holder,
    )
    _write(payout, due)


def _write(payout: Payout, due: Payable) -> None:
    try:
        with transaction.atomic():
            payout.save(force_insert=True)
            PayoutItem.objects.bulk_create(
                PayoutItem(
                    payout=payout,
                    seller_order_id=parcel,
                    amount=amount,
                    last_entry_id=due.last_entries[parcel],
                )
                for parcel, amount in due.parcels.items()
            )
    except IntegrityError:
        # another batch, put together at the same moment, was first: its guards keep this one out
        return


@transaction.atomic
def approve_batch(batch: PayoutBatch, *, by: User, total: int, now: datetime) -> None:
    """A second person agrees to the ``total`` (đồng) that they saw; the files are written, once.

    Raises SamePerson, and NotNow when the batch is not ready or its total is another.
    """
    if batch.made_by_id == by.pk:
        raise SamePerson
    _step(batch, State.APPROVED, total=total, changes={"approved_by": by, "approved_at": now})
    write_files(batch)


@transaction.atomic
def send_batch(batch: PayoutBatch, *, by: User, now: datetime) -> None:
    """From now on the files may be fetched and the money counts as gone: ledger and sellers hear of it.

    Raises NotNow unless the batch is approved.
    """
    lock_sellers(_paid_by(batch))
    _step(batch, State.SENT, changes={"sent_by": by, "sent_at": now})
    batch.payouts.filter(state=Payout.State.WAITING).update(state=Payout.State.SENT)
    for payout in batch.payouts.filter(state=Payout.State.SENT).select_related("partner"):
        payout_sent(payout, occurred_at=now)
        tell_sent(payout)


@transaction.atomic
def cancel_batch(batch: PayoutBatch) -> None:
    """Nothing has left: its parcels are due again. Raises NotNow once the batch was sent."""
    lock_sellers(_paid_by(batch))
    _step(batch, State.CANCELLED, changes={})
    batch.payouts.update(state=Payout.State.CANCELLED)
    PayoutItem.objects.filter(payout__batch=batch).update(is_open=False)


def _paid_by(batch: PayoutBatch) -> QuerySet[Partner]:
    return Partner.objects.filter(pk__in=batch.payouts.values("partner"))


def _step(batch: PayoutBatch, to: str, *, changes: dict[str, Any], **as_seen: int) -> None:
    if not PayoutBatch.objects.filter(**as_seen).move(batch.pk, to, **changes):
        raise NotNow
    batch.refresh_from_db()

"""Take a seller out of a batch that nobody has approved yet: the account has just been changed."""

from django.db.models import F

from farmers.partner.models import Partner
from payments.payouts.locks import lock_batch
from payments.payouts.models import Payout, PayoutBatch

State = PayoutBatch.State


def leave_out(partner: Partner) -> None:
    """Part of the caller's transaction. What is approved already goes, to the account that was approved."""
    payout = Payout.objects.filter(partner=partner, state=Payout.State.WAITING).first()
    if payout is None or lock_batch(payout.batch_id).state != State.READY:
        return
    Payout.objects.filter(pk=payout.pk).update(state=Payout.State.CANCELLED)
    payout.items.update(is_open=False)
    batch = PayoutBatch.objects.filter(pk=payout.batch_id)
    batch.update(total=F("total") - payout.amount, payouts_count=F("payouts_count") - 1)
    batch.filter(payouts_count=0).update(state=State.CANCELLED)

"""What one person may do alone with money that goes back, and what takes two. Amounts are đồng, pieces add up."""

from collections import Counter
from collections.abc import Iterable

from django.db.models import Sum
from django.utils import timezone

from payments.models import Refund, RefundPolicy


def approval_limit() -> int:
    """đồng that one person may give back of an order alone today, in Vietnam; 0 while no policy says."""
    policy = RefundPolicy.objects.filter(valid_from__lte=timezone.localdate()).first()
    return policy.limit if policy else 0


def needs_approval(order_id: int, amount: int) -> bool:
    """Whether ``amount`` more, decided by one of the staff, waits for a second person before it is owed.

    What staff gave back of the order with nobody else's word counts with it.
    """
    alone = Refund.objects.standing().exclude(state=Refund.State.PROPOSED)
    decided = alone.filter(
        seller_order__order=order_id, requested_by__isnull=False, approved_by__isnull=True
    ).aggregate(total=Sum("amount", default=0))
    return bool(decided["total"] + amount > approval_limit())


def needs_release(refund: Refund) -> bool:
    """Whether nobody may send this one from the bank account before another agrees."""
    return bool(needing_release([refund]))


def needing_release(refunds: Iterable[Refund]) -> set[int]:
    """pks of those of ``refunds`` (with their payments) that wait until a second person agrees to the transfer.

    Whoever decided them, all that leaves the bank account for one order by one person's hand counts together, sent
    or not. What came back from the bank always waits: one person said that it did. The same number of questions to
    the database for any number of refunds.
    """
    alone = [refund for refund in refunds if not refund.is_agreed]
    if not alone:
        return set()
    limit, by_hand = approval_limit(), _by_one_hand({refund.payment.order_id for refund in alone})
    return {refund.pk for refund in alone if refund.came_back or by_hand[refund.payment.order_id] > limit}


def _by_one_hand(orders: set[int]) -> Counter[int]:
    """Order's pk -> đồng that one person sent, or may send, to the buyer."""
    sums: Counter[int] = Counter()
    rows = Refund.objects.from_bank().filter(payment__order__in=orders).select_related("payment")
    for refund in rows:
        if not refund.is_agreed:
            sums[refund.payment.order_id] += refund.amount
    return sums

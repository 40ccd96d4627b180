"""Our books against what others report of the same money. Whole đồng."""

from collections.abc import Iterator
from datetime import timedelta
from functools import reduce
from operator import or_

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from payments.audit.differences import TOLD_BY_OTHERS, Difference
from payments.managers import NEVER_ASKED
from payments.models import Payment
from payments.reconciliation.models import Item

SILENCE = timedelta(days=1)
"""For which a rail may leave our hourly questions about a payment unanswered."""


def rails_report_the_same() -> Iterator[Difference]:
    """What rails, the bank and carriers last said of our money, less what a person has settled since.

    A report that names no payment of ours is not of our money before a person has found out. A rail that has said
    nothing of money that we booked for it has reported 0 đồng of it.
    """
    ours = ("payment", "row", "transfer", "booked", "remittance")
    of_our_money = reduce(or_, (Q(**{f"{name}__isnull": False}) for name in ours))
    for item in Item.objects.filter(of_our_money, state=Item.State.OPEN).order_by("pk"):
        subject = f"{item.source} {item.reference}"
        yield Difference(TOLD_BY_OTHERS, subject, item.their_amount, item.our_amount)
    yield from _silent_rails()


def _silent_rails() -> Iterator[Difference]:
    """Rails that can be asked, and the money of which each has never said anything, all in one sum."""
    taken = Payment.objects.exclude(provider__in=NEVER_ASKED).filter(received__gt=0)
    old = taken.annotate(at=Coalesce("confirmed_at", "created_at")).filter(at__lt=timezone.now() - SILENCE)
    unanswered = old.filter(Q(check_at_rail=None) | Q(check_at_rail__finding=""))
    for rail, total in unanswered.order_by("provider").values_list("provider").annotate(Sum("received")):
        yield Difference(TOLD_BY_OTHERS, rail, 0, total)

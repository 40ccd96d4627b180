"""Corrections of the books that can have put a difference right: its sum, on an account of the other side."""

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from payments.ledger.models import Account, Entry, Line
from payments.reconciliation.models import Item
from payments.reconciliation.movements import unseen
from payments.transfers import BANK_RAIL

Kind = Account.Kind


def putting_right(item: Item) -> QuerySet[Entry]:
    """Booked since the difference was found, and no other was settled by them.

    For a row of the bank's statement: what moved the bank account by the row, and no row has shown.
    """
    used = Item.objects.filter(entry__isnull=False).values("entry")
    corrections = Entry.objects.filter(kind=Entry.Kind.CORRECTION, created_at__gte=item.found_at)
    corrections = corrections.filter(reversed_by=None)
    corrections = corrections.exclude(pk__in=used)
    if item.bank_row:
        return corrections.filter(pk__in=unseen().filter(moved=item.their_amount).values("pk"))
    moving = Line.objects.filter(_of_theirs(item), entry=OuterRef("pk"), amount=item.difference)
    return corrections.filter(Exists(moving))


def _of_theirs(item: Item) -> Q:
    """Where our books have the money of which the other side speaks."""
    if item.source == Item.BANK:
        return Q(account__kind=Kind.BANK) | Q(account__kind=Kind.CLEARING, account__rail=BANK_RAIL)
    in_transit = Q(account__kind=Kind.CASH_IN_TRANSIT, account__carrier=item.source)
    return in_transit | Q(account__kind=Kind.CLEARING, account__rail=_rail(item))


def _rail(item: Item) -> str:
    """Who reports transfers holds no money: that is on the rail of transfers."""
    code = item.payment.provider if item.payment else item.source
    return code if code in settings.PAYMENT_PROVIDERS else BANK_RAIL

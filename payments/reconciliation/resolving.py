"""A person settles a difference by explaining it, or by taking what a carrier handed over.

Where the sums differ, words alone do not settle it: a correction puts the books right (corrections.py), or a second
person agrees that the other side is wrong. Until then the audit names it.

What a row of the bank's statement can be is in bank_resolving.py.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.money import dong
from marketplace.accounts.models import User
from payments.ledger.models import Entry
from payments.ledger.posting import memorandum
from payments.reconciliation import carriers
from payments.reconciliation.corrections import putting_right
from payments.reconciliation.exceptions import AlreadySettled, NotThatWay
from payments.reconciliation.locks import lock_item
from payments.reconciliation.models import Item
from payments.reconciliation.movements import show


@transaction.atomic
def explain(item: Item, *, words: str, by: User, entry: Entry | None = None) -> Item:
    """``words`` say what it was; ``entry`` is the correction that put the books right, where they were wrong.

    Without one, where the sums differ, it stays open for a second person. Raises AlreadySettled, or NotThatWay where
    the correction moves other money.
    """
    item = open_item(item)
    if entry:
        _put_right(item, entry)
    if entry or not item.difference:
        return settle(item, words=words, by=by, entry=entry)
    item.resolution, item.explained_by, item.explained_difference = words[:300], by, item.difference
    item.save(update_fields=["resolution", "explained_by", "explained_difference"])
    return item


def has_explained(item: Item, *, words: str, by: User) -> bool:
    """Whether a second person has to agree to just these words of this one."""
    return item.is_explained and item.explained_by_id == by.pk and item.resolution == words[:300]


@transaction.atomic
def agree(item: Item, *, by: User) -> Item:
    """A second person says the same of a difference for which nothing is booked.

    Raises AlreadySettled, or NotThatWay.
    """
    item = open_item(item)
    if not item.is_explained:
        raise NotThatWay(_("Nobody has explained this difference as it is now."))
    if item.explained_by_id == by.pk:
        raise NotThatWay(_("You explained it. A second person has to agree."))
    return settle(item, words=item.resolution, by=by, explained_by=item.explained_by)


def _put_right(item: Item, entry: Entry) -> None:
    """The correction that a row of the bank's statement needed is what the row shows."""
    if not putting_right(item).filter(pk=entry.pk).exists():
        raise NotThatWay(_("This correction moves another sum, or no account of theirs."))
    if item.bank_row:
        show(item.bank_row, [entry])


@transaction.atomic
def accept_sum(item: Item, *, by: User) -> Item:
    """The carrier handed over another sum of a parcel's cash than it collected: it owes the rest, or has it with us.

    Raises AlreadySettled, or NotThatWay.
    """
    item = open_item(item)
    if item.row is None or not item.is_another_sum:
        raise NotThatWay(_("Only another sum on a carrier's list can be settled like this."))
    rest = carriers.accept_sum(item.row)
    owes = _("Taken as handed over; the carrier still owes %(rest)s.")
    has = _("Taken as handed over; the carrier has %(rest)s too much with us.")
    words = (owes if rest >= 0 else has) % {"rest": dong(abs(rest))}
    return settle(item, words=words, by=by, entry=item.row.entry)


def open_item(item: Item) -> Item:
    """As it is now; nobody else matches rows, or settles it, meanwhile. Raises AlreadySettled."""
    found = lock_item(item.pk)
    if not found.is_open:
        raise AlreadySettled(str(found))
    return found


def settle(
    item: Item, *, words: str, by: User | None, entry: Entry | None = None, explained_by: User | None = None
) -> Item:
    """``by`` None: the other side, or the books, have come to say the same. Part of the caller's transaction.

    What a person settles without moving anything is a memorandum in the books.
    """
    if by is not None and entry is None:
        entry = _memorandum(item, words, by, explained_by)
    item.state, item.resolution, item.entry = Item.State.RESOLVED, words[:300], entry
    item.resolved_by, item.resolved_at, item.explained_by = by, timezone.now(), explained_by
    item.save(update_fields=["state", "resolution", "entry", "resolved_by", "resolved_at", "explained_by"])
    return item


def _memorandum(item: Item, words: str, by: User, explained_by: User | None) -> Entry:
    payment = item.payment
    return memorandum(
        key=f"settled:{item.pk}",
        memo=f"{item.source_name} {item.reference}: {words}"[:300],
        by=explained_by or by,
        approved_by=by if explained_by else None,
        payment=payment,
        refund=item.refund,
        order_id=payment.order_id if payment else None,
    )

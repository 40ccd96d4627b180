"""Refunds that a person sends from the bank account: to which account, and by whose word. Amounts are đồng.

Also those that their rail has had for too long: whether it made them, a person looks up at the rail.
"""

import uuid

from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.order.models import Order
from marketplace.order.notices import write_to_buyer
from marketplace.order.numbers import spaced
from payments.exceptions import OfAnother
from payments.locks import lock_attempts
from payments.models import Refund
from payments.parcel_refunds import approval_limit
from payments.providers.vietqr.banks import bank_name
from payments.refunds import is_of_another, settle_refund


def needs_release(refund: Refund) -> bool:
    """Above the limit nobody sends it before another agrees; whoever approved it has, unless it was changed."""
    if refund.amount <= approval_limit() or refund.released_by_id:
        return False
    return refund.approved_by_id is None or refund.changed_by_staff


@transaction.atomic
def release_refund(refund: Refund, *, by: User) -> bool:
    """``by`` agrees that somebody else sends it, to the account it shows. False where it waits for nobody."""
    _lock(refund)
    if not Refund.objects.to_make().filter(pk=refund.pk).exists() or not needs_release(refund):
        return False
    Refund.objects.filter(pk=refund.pk).update(released_by=by)
    return True


@transaction.atomic
def correct_account(refund: Refund, *, bank_bin: str, number: str, holder: str) -> bool:
    """Another account than the buyer gave, before the money is sent; who agreed to the old one has to look again.

    The buyer hears of it. False where no person will send it, or has.
    """
    _lock(refund)
    proposed = Refund.objects.by_hand().filter(state=Refund.State.PROPOSED)
    if not (Refund.objects.to_make() | proposed).filter(pk=refund.pk).exists():
        return False
    changed = {"changed_by_staff": True, "released_by": None}
    account = {"bank_bin": bank_bin, "account": number, "holder": holder}
    Refund.objects.filter(pk=refund.pk).update(**account, **changed)
    refund.refresh_from_db()
    tell_account_named(refund.payment.order, bank_bin=bank_bin, number=number)
    return True


def tell_account_named(order: Order, *, bank_bin: str, number: str) -> None:
    """Whoever ordered hears of it: a link to the order, or the desk, may be in other hands."""
    facts = {"number": spaced(order.number), "bank": bank_name(bank_bin), "digits": number[-4:]}
    write_to_buyer("refund_account_named", order, facts, once=uuid.uuid4())


@transaction.atomic
def found_at_rail(refund: Refund, *, number: str) -> bool:
    """A person saw at the rail that it made a late refund, as ``number``. False where it is not late.

    Raises OfAnother.
    """
    _lock(refund)
    if refund.state != Refund.State.IN_TRANSIT or not _is_late(refund):
        return False
    if is_of_another(refund, number):
        raise OfAnother(number)
    return settle_refund(refund, provider_reference=number)


@transaction.atomic
def not_found_at_rail(refund: Refund) -> bool:
    """A person saw that the rail has not made a late refund, and sends it by bank. False where it is not late.

    Nor where the rail is being asked for it at this moment.
    """
    _lock(refund)
    if not _is_late(refund):
        return False
    unchanged = Refund.objects.filter(state=refund.state, started_at=refund.started_at)
    return unchanged.move(refund.pk, Refund.State.FAILED, changed_by_staff=True)


def _is_late(refund: Refund) -> bool:
    return Refund.objects.late(timezone.now()).filter(pk=refund.pk).exists()


def _lock(refund: Refund) -> None:
    lock_attempts(refund.payment.order_id)
    refund.refresh_from_db()

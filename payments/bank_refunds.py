"""Refunds that a person sends from the bank account: to which account, and by whose word. Amounts are đồng.

Also what a person looks up at the rail: whether it made those that it has had for too long, or did not make one after
all of which it said so.
"""

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from catalogue.money import dong
from marketplace.accounts.models import User
from marketplace.order.models import Order
from marketplace.order.notices import write_to_buyer
from marketplace.order.numbers import spaced
from payments.exceptions import OfAnother
from payments.ledger.giving_back import refund_returned
from payments.ledger.models import Entry
from payments.locks import lock_attempts
from payments.models import Refund, Transfer
from payments.providers.vietqr.banks import bank_name
from payments.refund_limit import needs_release
from payments.refunds import is_of_another, reopen_transfer, settle_refund
from payments.transfers import NEAR


@transaction.atomic
def release_refund(refund: Refund, *, by: User) -> bool:
    """``by`` agrees that somebody else sends it, to the account it shows.

    False where it waits for nobody, or came back and has no new account yet.
    """
    _lock(refund)
    waits = Refund.objects.to_make().filter(pk=refund.pk).exists() and needs_release(refund)
    if not waits or refund.is_without_account:
        return False
    Refund.objects.filter(pk=refund.pk).update(released_by=by)
    return True


@transaction.atomic
def correct_account(refund: Refund, *, bank_bin: str, number: str, holder: str) -> bool:
    """Another account than the buyer gave, before the money is sent; who agreed to the old one has to look again.

    The buyer hears of it. False where no person will send it, or has, or it is this account already.
    """
    _lock(refund)
    account = {"bank_bin": bank_bin, "account": number, "holder": holder}
    if not Refund.objects.to_make_or_approve().filter(pk=refund.pk).exclude(**account).exists():
        return False
    changed = {"changed_by_staff": True, "released_by": None}
    Refund.objects.filter(pk=refund.pk).update(**account, **changed)
    refund.refresh_from_db()
    tell_account_named(refund.payment.order, bank_bin=bank_bin, number=number)
    return True


def tell_account_named(order: Order, *, bank_bin: str, number: str) -> None:
    """Whoever ordered hears of it: a link to the order, or the desk, may be in other hands."""
    facts = {"number": spaced(order.number), "bank": bank_name(bank_bin), "digits": number[-4:]}
    write_to_buyer("refund_account_named", order, facts, once=uuid.uuid4())


@transaction.atomic
def mark_returned(refund: Refund, *, reason: str) -> Entry | None:
    """The buyer's bank sent it back, to our account or to the rail that made it: it is owed again.

    ``reason`` is the bank's. A person sends it now, to another account: the buyer hears of it and names one. Whoever
    approved or released it did so for the old one; a second person has to agree to the next. None where it was not
    sent, or this was said before; else what takes the sending back.
    """
    _lock(refund)
    account = {"bank_bin": "", "account": "", "holder": ""}
    unsent = {
        "sent_by": None,
        "done_at": None,
        "bank_reference": "",
        "released_by": None,
        "changed_by_staff": True,
    }
    said = {"returns": refund.returns + 1, "message": reason[:200]}
    sent = Refund.objects.filter(state=Refund.State.DONE)
    if not sent.move(refund.pk, Refund.State.FAILED, **account, **unsent, **said):
        return None
    taken_back = refund_returned(refund, reason=reason)
    if refund.transfer:
        reopen_transfer(refund.transfer)
    _tell_returned(refund, reason)
    refund.refresh_from_db()
    return taken_back


def came_in_since(refund: Refund) -> QuerySet[Transfer]:
    """Transfers that may be this one's money coming back: of its sum, since it was owed, of its order or of none.

    None where the rail made it: there its money came back to the rail.
    """
    if refund.sent_by_id is None:
        return Transfer.objects.none()
    whose = Q(payment__order=refund.payment.order_id) | Q(payment=None, resolved_at=None)
    since = Transfer.objects.filter(whose, amount=refund.amount, occurred_at__gte=refund.created_at - NEAR)
    found: QuerySet[Transfer] = since.exclude(outcome__in=Transfer.NOT_RECEIVED).exclude(
        pk=refund.transfer_id
    )
    return found


def _tell_returned(refund: Refund, reason: str) -> None:
    """``refund`` as it was sent."""
    order = refund.payment.order
    facts = {
        "number": spaced(order.number),
        "amount": dong(refund.amount),
        "bank": refund.bank if refund.account else "",
        "digits": refund.account[-4:],
        "reason": reason,
    }
    write_to_buyer("refund_returned", order, facts, once=refund.sending)


@transaction.atomic
def found_at_rail(refund: Refund, *, number: str) -> bool:
    """A person saw at the rail that it made a late refund, as ``number``, or that one has not come back to it.

    False where it is neither late nor noted as come back. Raises OfAnother.
    """
    _lock(refund)
    is_back = Refund.objects.come_back_to_rail().filter(pk=refund.pk).exists()
    if not is_back and (refund.state != Refund.State.IN_TRANSIT or not _is_late(refund)):
        return False
    if is_back:  # the account that the buyer named meanwhile got nothing
        Refund.objects.filter(pk=refund.pk).update(released_by=None, bank_bin="", account="", holder="")
        refund.refresh_from_db()
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

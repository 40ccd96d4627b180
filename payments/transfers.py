"""Bank transfers find their payment by the code in the memo.

Where each ends: exact -> paid; less -> the order stays open and shows the rest; more -> paid, the rest goes
back; late -> the order is taken up again if the goods are still there, else it goes back; twice -> goes back;
unknown -> waits for a person; money that left the account, or moved on another one -> only noted.
"""

from datetime import timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.search.fold import fold
from marketplace.outbox.services import enqueue
from payments.ledger.models import Entry
from payments.ledger.postings import money_received
from payments.locks import lock_arrivals, lock_attempts, lock_number
from payments.models import Notification, Payment, Refund, Transfer
from payments.providers.base import Notice, Outcome
from payments.refunds import owe_transfer_back
from payments.services import Landing, confirm_payment

BANK_RAIL = "vietqr"
"""The rail whose money lies on the account that the notifiers watch."""
STATEMENT = "statement"
"""The notifier that a transfer has of which only the bank's statement told."""
NEAR = timedelta(days=1)
"""Between what the notifier and the statement call the moment of the same transfer; statements may give days only."""


def record_transfer(notification: Notification, notice: Notice) -> Transfer:
    """Note one movement on our account and let it do its work; part of the caller's transaction.

    Money that a person took in from the bank's statement before its notifier told of it is that transfer, and so is
    what was told of under another event. Where the statement came first and nobody took it in yet, the difference
    that it opened is closed by a job.
    """
    lock_arrivals()
    if known := _known(notification, notice):
        return known
    payment = None
    if _came_to_us(notification, notice):
        payment = _named_payment(notice)
        _book(payment, notification, notice)
        landing = _land(payment, notice)
    else:
        landing = _only_noted(notice)
    transfer = Transfer.objects.create(
        notification=notification,
        payment=payment,
        outcome=landing.outcome,
        amount=notice.amount,
        account=notice.account,
        content=notice.memo,
        folded=fold(notice.memo),
        bank_reference=notice.bank_reference,
        occurred_at=notice.occurred_at,
        surplus=landing.surplus,
        resolution=landing.resolution,
        resolved_at=timezone.now() if landing.resolution else None,
    )
    if transfer.outcome in Transfer.NEEDS_A_PERSON and not transfer.resolved_at:
        owe_transfer_back(transfer)
    if notification.provider != STATEMENT and transfer.outcome not in Transfer.NOT_RECEIVED:
        enqueue("match_transfer", {"transfer": transfer.pk}, key=f"match_transfer:{transfer.pk}")
    return transfer


def _came_to_us(notification: Notification, notice: Notice) -> bool:
    """Is it money on the account that we give out? Notifiers watch others too, and try us out with made-up ones."""
    is_our_account = notification.provider == STATEMENT or notice.account == settings.BANK_ACCOUNT
    return notice.outcome is not Outcome.IGNORED and is_our_account


def _known(notification: Notification, notice: Notice) -> Transfer | None:
    """The same movement, where the statement told of it first, or a notifier did under another event.

    SePay names number, direction and amount of a transfer as what tells it apart, should its own ``id`` not
    (developer.sepay.vn, webhooks); two notifiers of one account have nothing else in common.
    What is taken for a known transfer although it was another is not lost: the bank's statement has a row too many.
    """
    if notification.provider == STATEMENT or not _came_to_us(notification, notice):
        return None
    near = Transfer.objects.exclude(outcome__in=Transfer.NOT_RECEIVED).filter(
        amount=notice.amount,
        occurred_at__range=(notice.occurred_at - NEAR, notice.occurred_at + NEAR),
    )
    told = Q(notification__provider=STATEMENT)
    return _told_again(near.exclude(told), notice) or _from_statement(near.filter(told), notice)


def _told_again(told: QuerySet[Transfer], notice: Notice) -> Transfer | None:
    """By the bank's number together with the code or the words: PayOS may use a number for two orders."""
    if not notice.bank_reference:
        return None
    lock_number(notice.bank_reference)
    return _alike(told.filter(bank_reference=notice.bank_reference), notice)


def _from_statement(taken_in: QuerySet[Transfer], notice: Notice) -> Transfer | None:
    """By the bank's number; where one of the two has none, by the code or the words."""
    if notice.bank_reference:
        by_number: Transfer | None = taken_in.filter(bank_reference=notice.bank_reference).first()
        return by_number or _alike(taken_in.filter(bank_reference=""), notice)
    return _alike(taken_in, notice)


def _alike(transfers: QuerySet[Transfer], notice: Notice) -> Transfer | None:
    if notice.reference:
        transfers = transfers.filter(payment__reference=notice.reference)
    else:
        transfers = transfers.filter(content=notice.memo)
    found = list(transfers[:2])
    return found[0] if len(found) == 1 else None


def _book(payment: Payment | None, notification: Notification, notice: Notice) -> None:
    money_received(
        payment,
        rail=BANK_RAIL,
        amount=notice.amount,
        key=booking_key(notification.pk),
        occurred_at=notice.occurred_at,
    )


def booking_key(notification: int) -> str:
    """What the books call the money that this notification (its pk) told of."""
    return f"notification:{notification}"


def received_as(transfer: Transfer) -> Entry:
    """The entry that booked it when it came. Raises Entry.DoesNotExist for what brought our account nothing."""
    return Entry.objects.get(key=f"received:{booking_key(transfer.notification_id)}")


def _named_payment(notice: Notice) -> Payment | None:
    """The payment whose code the memo carries, unless it may be a refund of its order that came back.

    A bank gives money back with the words it was sent with; a person then decides what it is.
    """
    if not notice.reference:
        return None
    payment = Payment.objects.filter(reference=notice.reference).first()
    if payment is None:
        return None
    lock_attempts(payment.order_id)
    returned = Refund.objects.filter(payment__order=payment.order_id, amount=notice.amount, returns__gt=0)
    return None if returned.exists() else payment


def _land(payment: Payment | None, notice: Notice) -> Landing:
    if payment is None:
        return Landing(Transfer.Outcome.UNKNOWN, notice.amount)
    return confirm_payment(payment, amount=notice.amount)


def _only_noted(notice: Notice) -> Landing:
    if notice.outcome is Outcome.IGNORED:
        return Landing(Transfer.Outcome.OUTGOING)
    return Landing(Transfer.Outcome.ELSEWHERE, resolution=_("Not our account: nothing was booked."))

"""Money that has to go back: written down at once, sent by the rail it came by (sending.py) or by a person."""

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.money import dong
from marketplace.accounts.models import User
from marketplace.messaging.services import tell
from marketplace.order.numbers import spaced
from marketplace.outbox.services import enqueue
from payments.ledger.giving_back import goodwill_refund_owed, refund_cancelled, refund_owed, refund_sent
from payments.models import Payment, Refund, Transfer
from payments.providers.base import Notice, Outcome

#: states in which the money has left, is leaving, or waits for a person to send what did not arrive
GONE = (Refund.State.IN_TRANSIT, Refund.State.DONE, Refund.State.FAILED)


def kept(payment: Payment) -> int:
    """đồng of this attempt that are still with us and could pay for it."""
    gone = payment.refunds.filter(state__in=GONE).aggregate(total=Sum("amount"))["total"] or 0
    return payment.received - gone


def given_back_by_rail(payment: Payment) -> int:
    """đồng of this attempt that its rail has given back, or may have by now, because we asked for it."""
    on_its_way = payment.refunds.by_rail().filter(state=Refund.State.IN_TRANSIT)
    asked = on_its_way | payment.refunds.made_by_rail()
    return asked.aggregate(total=Sum("amount"))["total"] or 0


def given_back_by_others(payment: Payment, notice: Notice) -> int:
    """đồng that went back, as the rail says, and that none of our refunds asked for.

    All that had come where the rail tells no sum (VNPAY), and by our books has made, and makes, none for us.
    """
    if notice.given_back:
        return max(notice.given_back - given_back_by_rail(payment), 0)
    if notice.outcome is not Outcome.REFUNDING or given_back_by_rail(payment):
        return 0
    return payment.received


def owe_back(
    *,
    payment: Payment,
    amount: int,
    reason: str,
    key: str,
    transfer: Transfer | None = None,
) -> Refund:
    """Note that ``amount`` đồng too many, twice or too late belong to the buyer again; once per ``key``."""
    refund, created = Refund.objects.get_or_create(
        key=key, defaults={"payment": payment, "amount": amount, "reason": reason, "transfer": transfer}
    )
    if created:
        set_out(refund)
    return refund


def set_out(refund: Refund) -> None:
    """It is owed from now on, and will be sent. Part of the caller's transaction."""
    if refund.kind == Refund.Kind.GOODWILL:
        goodwill_refund_owed(refund)
    else:
        refund_owed(refund, refund.seller_order, shipping=refund.shipping_amount)
    enqueue("send_refund", {"refund": refund.pk}, key=f"refund:{refund.pk}")
    enqueue("refund_owed", {"refund": refund.pk}, key=f"refund_owed:{refund.pk}")


def owe_transfer_back(transfer: Transfer) -> None:
    """The surplus of a bank transfer goes back; money of an unknown order waits for a person to find it."""
    why = str(transfer.get_outcome_display())
    if transfer.payment is None:
        tell_money_desk(transfer, amount=transfer.amount, about=transfer.content, why=why)
        return
    owe_back(
        payment=transfer.payment,
        amount=transfer.surplus,
        reason=why,
        key=f"transfer:{transfer.pk}",
        transfer=transfer,
    )


def owe_parts_back(payment: Payment, *, outcome: Transfer.Outcome = Transfer.Outcome.LATE) -> None:
    """An attempt ended half paid: its parts become late or needless money, each to go back by itself."""
    for transfer in payment.transfers.filter(outcome=Transfer.Outcome.PARTIAL):
        transfer.outcome, transfer.surplus = outcome, transfer.amount
        transfer.save(update_fields=["outcome", "surplus"])
        owe_transfer_back(transfer)


def withdraw(payment: Payment) -> None:
    """The order goes on after all: what was to be given back and has not left yet stays here."""
    for refund in payment.refunds.filter(state=Refund.State.CREATED):
        if not Refund.objects.move(refund.pk, Refund.State.CANCELLED):
            continue  # it has just left
        refund_cancelled(refund)
        payment.transfers.filter(refund=refund).update(
            surplus=0, resolved_at=timezone.now(), resolution=_("The rest came: the order goes on.")
        )


@transaction.atomic
def complete_refund(refund: Refund, *, bank_reference: str, by: User) -> bool:
    """A person has sent the money; ``bank_reference`` proves it. False if it was settled before, or no proof."""
    return bool(bank_reference) and _settle(refund, bank_reference, by=by, bank_reference=bank_reference)


def settle_refund(refund: Refund, *, provider_reference: str) -> bool:
    """The rail has sent the money back. False if it was settled before. Part of the caller's transaction."""
    return _settle(refund, provider_reference, by=None, provider_reference=provider_reference)


def _settle(refund: Refund, proof: str, *, by: User | None, **reference: str) -> bool:
    if not Refund.objects.move(refund.pk, Refund.State.DONE, done_at=timezone.now(), sent_by=by, **reference):
        return False
    refund_sent(refund, number=proof, by_bank=by is not None)
    enqueue("refund_sent", {"refund": refund.pk}, key=f"refund_sent:{refund.sending}")
    if refund.transfer:
        words = _("Given back: %(reference)s") % {"reference": proof}
        resolve_transfer(refund.transfer, resolution=words, by=by)
    return True


def is_of_another(refund: Refund, number: str) -> bool:
    """Does another refund of the payment carry the rail's ``number``? Ask with the attempts locked."""
    others = Refund.objects.filter(payment=refund.payment_id, provider_reference=number)
    return bool(number) and others.exclude(pk=refund.pk).exists()


def resolve_transfer(transfer: Transfer, *, resolution: str, by: User | None) -> bool:
    """It is settled what becomes of the money; ``by`` None: the rail gave it back.

    False if it was settled before, or nothing is said.
    """
    waiting = Transfer.objects.to_settle().filter(pk=transfer.pk)
    return bool(resolution) and bool(
        waiting.update(resolved_at=timezone.now(), resolved_by=by, resolution=resolution)
    )


def reopen_transfer(transfer: Transfer) -> None:
    """Giving it back did not work: what becomes of it is open again. Part of the caller's transaction."""
    Transfer.objects.filter(pk=transfer.pk).update(resolved_at=None, resolved_by=None, resolution="")


def tell_money_desk(row: Model, *, amount: int, about: str, why: str) -> None:
    """A person has to send ``amount`` đồng, or to look; part of the caller's transaction, once per row."""
    name = row._meta.model_name
    tell(
        "money_to_give_back",
        key=f"{name}:{row.pk}",
        email=settings.MONEY_DESK_EMAIL,
        context={
            "amount": dong(amount),
            "content": about,
            "outcome": why,
            "url": f"{settings.SITE_URL}{_desk_page(row)}",
        }
        | _order_number(row),
    )


def _order_number(row: Model) -> dict[str, str]:
    """By which the message is found again; nobody knows the order of a transfer that waits for one."""
    payment = row if isinstance(row, Payment) else getattr(row, "payment", None)
    return {"number": spaced(payment.order.number)} if payment else {}


def _desk_page(row: Model) -> str:
    if isinstance(row, Transfer):
        return reverse("desk:transfer", args=[row.pk])
    return (
        reverse("desk:payment", args=[row.reference]) if isinstance(row, Payment) else reverse("desk:refunds")
    )

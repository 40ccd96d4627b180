"""Money that has to go back: written down at once, sent by the rail it came by (sending.py) or by a person."""

from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Model, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.templatetags.money import dong
from marketplace.accounts.models import User
from marketplace.messaging.services import tell
from marketplace.order.models import SellerOrder
from marketplace.outbox.services import enqueue
from payments.ledger.giving_back import refund_cancelled, refund_owed, refund_sent
from payments.models import Payment, Refund, Transfer

#: states in which the money has left or is leaving
GONE = (Refund.State.IN_TRANSIT, Refund.State.DONE)
#: states in which it is still to go, by the rail or by a person
UNSETTLED = (Refund.State.CREATED, Refund.State.IN_TRANSIT, Refund.State.FAILED)


def kept(payment: Payment) -> int:
    """đồng of this attempt that are still with us and could pay for it."""
    gone = payment.refunds.filter(state__in=GONE).aggregate(total=Sum("amount"))["total"] or 0
    return payment.received - gone


def owe_back(
    *,
    payment: Payment,
    amount: int,
    reason: str,
    key: str,
    transfer: Transfer | None = None,
    parcel: SellerOrder | None = None,
    shipping: int = 0,
) -> Refund:
    """Note that ``amount`` đồng belong to the buyer again, and set about sending them; once per ``key``.

    ``parcel`` is the paid one that they were for, and ``shipping`` what of them its sending had cost.
    """
    refund, created = Refund.objects.get_or_create(
        key=key, defaults={"payment": payment, "amount": amount, "reason": reason, "transfer": transfer}
    )
    if created:
        refund_owed(refund, parcel, shipping=shipping)
        enqueue("send_refund", {"refund": refund.pk}, key=f"refund:{refund.pk}")
    return refund


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


def owe_parts_back(payment: Payment) -> None:
    """An attempt ran out half paid: its parts become late money, each to go back by itself."""
    for transfer in payment.transfers.filter(outcome=Transfer.Outcome.PARTIAL):
        transfer.outcome, transfer.surplus = Transfer.Outcome.LATE, transfer.amount
        transfer.save(update_fields=["outcome", "surplus"])
        owe_transfer_back(transfer)


@transaction.atomic
def give_back_parcel(payload: dict[str, Any]) -> None:
    """The outbox job after a paid parcel was cancelled. ``payload`` is {"seller_order": pk}."""
    parcel = SellerOrder.objects.get(pk=payload["seller_order"])
    payment = Payment.objects.get(order=parcel.order_id, state=Payment.State.CONFIRMED)
    reason = _("Parcel %(number)s cancelled") % {"number": parcel.number}
    owe_back(
        payment=payment,
        amount=parcel.total,
        reason=reason,
        key=f"parcel:{parcel.pk}",
        parcel=parcel,
        shipping=parcel.shipping_total,
    )


def withdraw(payment: Payment) -> None:
    """The order goes on after all: what was to be given back and has not left yet stays here."""
    for refund in payment.refunds.filter(state=Refund.State.CREATED):
        still_here = Refund.objects.filter(pk=refund.pk, state=Refund.State.CREATED)
        if not still_here.update(state=Refund.State.CANCELLED):
            continue  # it has just left
        refund_cancelled(refund)
        payment.transfers.filter(refund=refund).update(
            surplus=0, resolved_at=timezone.now(), resolution=_("The rest came: the order goes on.")
        )


@transaction.atomic
def complete_refund(refund: Refund, *, bank_reference: str, by: User) -> bool:
    """A person has sent the money; ``bank_reference`` proves it. False if it was settled before, or no proof."""
    return bool(bank_reference) and settle_refund(refund, provider_reference=bank_reference, by=by)


def settle_refund(refund: Refund, *, provider_reference: str, by: User | None = None) -> bool:
    """The money has gone back: by the rail (``by`` None) or by that person. False if it was settled before."""
    unsettled = Refund.objects.filter(pk=refund.pk, state__in=UNSETTLED)
    done = {"state": Refund.State.DONE, "provider_reference": provider_reference, "done_at": timezone.now()}
    if not unsettled.update(**done):
        return False
    refund_sent(refund, by_bank=by is not None)
    if refund.transfer:
        words = _("Given back: %(reference)s") % {"reference": provider_reference}
        resolve_transfer(refund.transfer, resolution=words, by=by)
    return True


def resolve_transfer(transfer: Transfer, *, resolution: str, by: User | None) -> bool:
    """It is settled what becomes of the money; ``by`` None: the rail gave it back.

    False if it was settled before, or nothing is said.
    """
    waiting = Transfer.objects.to_settle().filter(pk=transfer.pk)
    return bool(resolution) and bool(
        waiting.update(resolved_at=timezone.now(), resolved_by=by, resolution=resolution)
    )


def tell_money_desk(row: Model, *, amount: int, about: str, why: str) -> None:
    """A person has to send ``amount`` đồng, or to look; part of the caller's transaction, once per row."""
    name = row._meta.model_name
    path = reverse("desk:transfer", args=[row.pk]) if isinstance(row, Transfer) else reverse("desk:refunds")
    tell(
        "money_to_give_back",
        key=f"{name}:{row.pk}",
        email=settings.MONEY_DESK_EMAIL,
        context={
            "amount": dong(amount),
            "content": about,
            "outcome": why,
            "url": f"{settings.SITE_URL}{path}",
        },
    )

"""Give, change and call off the account that a seller is paid to."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from catalogue.search.fold import fold
from farmers.partner.models import Partner
from farmers.partner.phones import phones_to_warn
from marketplace.accounts.models import User
from marketplace.messaging.services import tell
from payments.payouts.leaving_out import leave_out
from payments.payouts.locks import lock_seller
from payments.payouts.models import PayoutAccount


def current_account(partner: Partner, *, now: datetime) -> PayoutAccount | None:
    return PayoutAccount.objects.filter(partner=partner).usable(now).first()


def frozen_change(partner: Partner, *, now: datetime) -> PayoutAccount | None:
    """The change that may still be called off; while there is one, payouts to the seller wait."""
    return PayoutAccount.objects.filter(partner=partner).frozen(now).first()


def can_be_paid_from(partner: Partner, *, now: datetime) -> datetime | None:
    """When the account came, or a change of it comes, into force; None while no account is known."""
    account = frozen_change(partner, now=now) or current_account(partner, now=now)
    return account.usable_from if account else None


def bank_capitals(name: str) -> str:
    """'Nguyễn Thị Lan' -> 'NGUYEN THI LAN': how banks keep the holder of an account."""
    return fold(name).upper()


@transaction.atomic
def change_account(
    *, partner: Partner, bank_bin: str, number: str, holder: str, by: User, now: datetime
) -> PayoutAccount:
    """Ask for another account; it is used after the freeze. An earlier change that still waits is called off.

    Payouts wait meanwhile: one that is not approved yet is taken out of its batch.
    The caller has had the person prove the phone anew. All phones of the stall's owners hear of it, those
    of the last 30 days too, so that whoever holds a stolen phone or session cannot turn the money away unseen.
    """
    lock_seller(partner)
    PayoutAccount.objects.filter(partner=partner).frozen(now).update(cancelled_at=now, cancelled_by=by)
    account = PayoutAccount.objects.create(
        partner=partner,
        bank_bin=bank_bin,
        number=number,
        holder=bank_capitals(holder),
        requested_at=now,
        requested_by=by,
        usable_from=now + timedelta(hours=settings.PAYOUT_ACCOUNT_FREEZE_HOURS),
    )
    leave_out(partner)
    _tell_owners("payout_account_changed", account)
    return account


@transaction.atomic
def call_off(account: PayoutAccount, *, by: User, now: datetime) -> bool:
    """Keep the account that was used before. False when the change is in force or was called off already."""
    waiting = PayoutAccount.objects.filter(pk=account.pk).frozen(now)
    if not waiting.update(cancelled_at=now, cancelled_by=by):
        return False
    _tell_owners("payout_account_kept", account)
    return True


def _tell_owners(kind: str, account: PayoutAccount) -> None:
    for phone in sorted(phones_to_warn(account.partner)):
        tell(
            kind,
            key=f"{kind}:{account.pk}:{phone}",
            phone=phone,
            context={
                "seller": account.partner.name,
                "bank": account.bank,
                "number": account.masked_number,
                "from": timezone.localtime(account.usable_from).strftime("%H:%M %d/%m/%Y"),
                "url": f"{settings.SITE_URL}{reverse('workspace:payout_account')}",
            },
        )

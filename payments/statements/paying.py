"""When a seller gets the money of a parcel, in plain words: sent on a day, planned for one, in his hands already."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.payouts.accounts import can_be_paid_from
from payments.payouts.days import next_day, payout_days, planned_on
from payments.payouts.models import PayoutDays, PayoutItem
from payments.payouts.payable import payable
from payments.statements.kept import words_of_kept

Words = str | Promise

#: a debt, a correction: whichever payout comes after it carries it
SETTLED = _("Settled with the payout after it")
_NEXT = _("With the next payout")
_ON = _("With the payout of {day}")
_NO_ACCOUNT = _("Once you have named the bank account that you are paid to")
_UNDER_WAY = _("After it has arrived")
_OPEN = _("Waits until the claim is decided, or the carrier has handed over the cash")


def when_paid(partner: Partner, parcels: Collection[int], *, now: datetime) -> dict[int, Words]:
    """Parcel's pk -> words; of the partner's parcels those are left out for which nothing is owed or in his hands."""
    plan = _Plan(now=now, account_from=can_be_paid_from(partner, now=now), days=payout_days())
    words = _carried(parcels, plan)
    due = payable(partner, now=now)
    owed = [parcel for parcel in parcels if due.unpaid.get(parcel)]
    for parcel, status in SellerOrder.objects.filter(pk__in=owed).values_list("pk", "status"):
        if due.unpaid[parcel] < 0:
            words[parcel] = SETTLED
        elif status in SellerOrder.ENDED:
            if parcel in due.parcels:
                words[parcel] = plan.words(now)
        elif parcel not in due.held_until:
            words[parcel] = _UNDER_WAY
        else:
            until = due.held_until[parcel]
            has_passed = until is not None and until <= now
            words[parcel] = _OPEN if has_passed and parcel not in due.parcels else plan.words(until)
    words.update(words_of_kept(parcels, due.unpaid))
    return words


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    now: datetime
    #: since when the seller can be paid at all; None while no account is known
    account_from: datetime | None
    days: list[PayoutDays]

    def words(self, free_at: datetime | None) -> Words:
        """Without a time it waits for somebody."""
        if free_at is None:
            return _OPEN
        if self.account_from is None:
            return _NO_ACCOUNT
        return _on(planned_on(max(free_at, self.account_from), now=self.now, rules=self.days))

    def taken_up(self) -> Words:
        """In a batch that was not sent yet."""
        return _on(next_day(timezone.localdate(self.now), self.days))


def _on(day: date | None) -> Words:
    return format_lazy(_ON, day=f"{day:%d/%m/%Y}") if day else _NEXT


def _carried(parcels: Collection[int], plan: _Plan) -> dict[int, Words]:
    """Those in a payout that did not come back; one that was not sent yet is the next."""
    items = PayoutItem.objects.filter(seller_order__in=parcels, is_open=True)
    rows = items.values_list("seller_order", "amount", "payout__batch__sent_at")
    return {parcel: _sent(sent_at, plan) if amount > 0 else SETTLED for parcel, amount, sent_at in rows}


def _sent(at: datetime | None, plan: _Plan) -> Words:
    if at is None:
        return plan.taken_up()
    return format_lazy(_("Sent to your bank account on {day}"), day=f"{timezone.localdate(at):%d/%m/%Y}")

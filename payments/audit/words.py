"""What the checks, and what they are of, are called at the desk. Codes stay in logs and in ``audit_money --json``."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from payments.audit.differences import TOLD_BY_OTHERS
from payments.ledger.models import Account
from payments.providers.registry import name_of
from payments.reconciliation.models import Item

NAMES = {
    "entries_balance": _("Each entry of the books adds up to 0"),
    "payments_are_booked": _("Money that came is in the books"),
    "unknown_transfers_are_booked": _("Transfers of no order are in the books"),
    "refunds_are_owed": _("Refunds to make are owed in the books"),
    "refunds_are_sent": _("Refunds that were made have left the books"),
    "sold_parcels_are_booked": _("Paid parcels are sold in the books"),
    "parcels_are_sold_at_their_price": _("Parcels are sold in the books at their price"),
    "reductions_add_up": _("A parcel is reduced by the sum of its reductions"),
    "refunds_stay_below_the_price": _("No more goes back than was paid"),
    "orders_add_up": _("The books of an order are what came, less what went back"),
    "paid_orders_have_one_payment": _("A paid order has one payment that counts"),
    "credit_is_explained": _("An order spends no more than came for it"),
    "credit_is_owed_back": _("What an order has too much is given back"),
    "commission_is_booked": _("Commission is in the books"),
    "withheld_tax_is_booked": _("Withheld tax is in the books"),
    "shipping_is_given_once": _("No more is passed on for shipping than was paid"),
    "payouts_are_booked": _("Payouts are in the books"),
    "payouts_add_up": _("A payout is the sum of its parcels"),
    "batches_add_up": _("A batch is the sum of its payouts"),
    "parcels_stay_paid_out": _("Parcels of a payout are in no other"),
    "parcels_are_paid_out_once": _("A parcel is paid out at what was owed for it"),
    "sellers_owe_nothing_unsaid": _("A seller's debt is noted"),
    "payables_are_not_negative": _("Nobody got more than was owed"),
    TOLD_BY_OTHERS: _("Rails, the bank and carriers say what our books say"),
    "nothing_is_rounded": _("Nothing is lost by rounding"),
}
_COUNTED = ("paid_orders_have_one_payment", "parcels_stay_paid_out")
"""Checks of payments or parcels, not of đồng."""
#: what a subject begins with that has no number which people know
_ROWS = {
    "order": _("order with the inner number %(number)s"),
    "parcel": _("parcel with the inner number %(number)s"),
    "payout": _("payout with the inner number %(number)s"),
    "refund": _("refund with the inner number %(number)s"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Worded:
    """One difference as staff read it."""

    check: str
    subject: str
    expected: int
    found: int
    is_count: bool


def in_words(differences: Iterable[dict[str, Any]]) -> list[Worded]:
    """Those that an audit has kept. A check that there is no more keeps its code."""
    return [
        Worded(
            check=str(NAMES.get(one["check"], one["check"])),
            subject=_subject(one["check"], one["subject"]),
            expected=one["expected"],
            found=one["found"],
            is_count=one["check"] in _COUNTED,
        )
        for one in differences
    ]


def _subject(check: str, subject: str) -> str:
    what, _space, number = subject.partition(" ")
    if number and what in _ROWS:
        return str(_ROWS[what]) % {"number": number}
    if subject in Account.Kind.values:
        return str(Account.Kind(subject).label)
    if check == TOLD_BY_OTHERS and what == Item.BANK:
        what = gettext("bank statement")
    return f"{name_of(what)} {number}".strip()

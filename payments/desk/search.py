"""Find money by what people have in hand: number of an order or parcel, code, words of a memo, amount, phone.

Codes are those of payments and payouts, as memos carry them, and the numbers that rails and the bank give.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q

from marketplace.accounts.phones import normalise_phone
from marketplace.order.models import Order, SellerOrder
from payments.models import Payment, Refund, Transfer
from payments.payouts.models import Payout
from payments.providers.plain_text import printable
from payments.providers.vietqr.memo import find_code

LONGEST = 100
MOST = 20
"""Of each kind; whoever sees that many looks for something more exact."""
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Found:
    payments: list[Payment] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.payments) or self.beside_payments

    @property
    def beside_payments(self) -> bool:
        return bool(self.transfers or self.refunds or self.payouts)


def find(typed: str) -> Found:
    """All that fits ``typed`` in any of its possible meanings, newest first."""
    words = " ".join(printable(typed[:LONGEST]).split())
    if not words:
        return Found()
    payments, transfers, refunds = _by_code(words)
    payouts = Q(reference=_packed(words)) | Q(bank_reference=words)
    if (amount := _amount(words)) is not None:
        payments |= Q(amount=amount) | Q(received=amount)
        transfers |= Q(amount=amount)
        refunds |= Q(amount=amount)
        payouts |= Q(amount=amount)
    if phone := _phone(words):
        payments |= Q(order__phone=phone)
    return Found(
        payments=_first(Payment.objects.select_related("order"), payments),
        transfers=_first(Transfer.objects.select_related("payment__order"), transfers),
        refunds=_first(Refund.objects.select_related("payment__order"), refunds),
        payouts=_first(Payout.objects.select_related("partner", "batch").order_by("-pk"), payouts),
    )


def _by_code(words: str) -> tuple[Q, Q, Q]:
    number = _packed(words)
    parcels = SellerOrder.objects.filter(number=number).values("order")
    orders = Order.objects.filter(Q(number=number) | Q(pk__in=parcels)).values("pk")
    code = find_code(words) or words.upper()
    payments = Q(order__in=orders) | Q(reference=code) | Q(provider_reference=words)
    refunds = Q(payment__reference=code) | Q(payment__order__in=orders)
    refunds |= Q(provider_reference=words) | Q(bank_reference=words)
    transfers = Q(bank_reference=words) | Q(payment__reference=code)
    if len(words) >= 4:
        transfers |= Q(content__icontains=words)
    return payments, transfers, refunds


def _packed(words: str) -> str:
    return re.sub(r"[\s.]", "", words).upper()


def _amount(words: str) -> int | None:
    """ "150.000", "150 000 đ" and "150000"."""
    digits = re.sub(r"[\s.,]|[đ₫d]$", "", words, flags=re.IGNORECASE)
    return int(digits) if digits.isascii() and digits.isdigit() and int(digits) <= _LARGEST else None


def _phone(words: str) -> str:
    try:
        return str(normalise_phone(words))
    except ValidationError:
        return ""


def _first(rows: Any, which: Q) -> list[Any]:
    return list(rows.filter(which).distinct()[:MOST])

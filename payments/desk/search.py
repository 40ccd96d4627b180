"""Find money by what people have in hand: number of an order or parcel, code, words of a memo, amount, phone.

Codes are those of payments and payouts, as memos carry them, and the numbers that rails and the bank give. Orders are
looked up first and named by their keys, so that each condition on the large tables has an index of its own.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet

from catalogue.amounts import read_dong
from catalogue.search.fold import fold
from marketplace.accounts.phones import normalise_phone
from marketplace.order.models import Order, SellerOrder
from payments.models import Payment, Refund, Transfer
from payments.payouts.models import Payout
from payments.providers.plain_text import printable
from payments.providers.vietqr.memo import find_code
from payments.reconciliation.models import Item, Statement, StatementRow

LONGEST = 100
MOST = 20
"""Of each kind; whoever sees that many looks for something more exact."""
_SHORTEST = 4
"""Letters of words at least, for them to be looked for in memos."""
_LARGEST = 2**63 - 1


@dataclass(frozen=True)
class Found:
    """Of each kind the newest, at most MOST; ``is_cut``: there is more of one of them."""

    payments: list[Payment] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)
    refunds: list[Refund] = field(default_factory=list)
    payouts: list[Payout] = field(default_factory=list)
    items: list[Item] = field(default_factory=list)
    #: of statements, beside those that opened one of the differences
    rows: list[StatementRow] = field(default_factory=list)
    is_cut: bool = False

    def __bool__(self) -> bool:
        return bool(self.payments) or self.beside_payments

    @property
    def beside_payments(self) -> bool:
        return any((self.transfers, self.refunds, self.payouts, self.items, self.rows))


@dataclass(frozen=True)
class _Meant:
    """What the words can mean: a code, somebody's number, an amount, words of a memo, and whose payments."""

    code: str
    packed: str
    numbers: set[str]
    amounts: set[int]
    memo: str
    payments: list[int]

    def is_number(self, *names: str) -> Q:
        return _either(Q(**{f"{name}__in": self.numbers}) for name in names)

    def is_amount(self, *names: str) -> Q:
        """In whichever direction it moved."""
        return _either(Q(**{f"{name}__in": self.amounts}) for name in names)

    def is_memo(self) -> Q:
        return Q(folded__contains=self.memo) if len(self.memo) >= _SHORTEST else Q(pk__in=())


def find(typed: str) -> Found:
    """All that fits ``typed`` in any of its possible meanings, newest first."""
    words = " ".join(printable(typed[:LONGEST]).split())
    if not words:
        return Found()
    meant = _meant(words)
    found = {
        "payments": _first(Payment.objects.select_related("order"), _payments(meant)),
        "transfers": _first(Transfer.objects.select_related("payment__order"), _transfers(meant)),
        "refunds": _first(Refund.objects.select_related("payment__order"), _refunds(meant)),
        "payouts": _first(Payout.objects.select_related("partner", "batch").order_by("-pk"), _payouts(meant)),
        "items": _first(Item.objects.all(), _items(meant)),
        "rows": _first(_loose_rows(), _rows(meant)),
    }
    is_cut = any(len(some) > MOST for some in found.values())
    return Found(**{name: some[:MOST] for name, some in found.items()}, is_cut=is_cut)


def _meant(words: str) -> _Meant:
    packed, code = re.sub(r"[\s.]", "", words).upper(), find_code(words) or words.upper()
    payments = Payment.objects.filter(Q(order__in=_orders(packed, _phone(words))) | Q(reference=code))
    return _Meant(
        code=code,
        packed=packed,
        numbers={words, words.upper()},
        amounts=_amounts(words),
        memo=fold(words),
        payments=list(payments.values_list("pk", flat=True)),
    )


def _orders(number: str, phone: str) -> list[int]:
    """By the order's number, a parcel's, or the buyer's phone."""
    by_number = Order.objects.order_by().filter(number=number).values_list("pk")
    by_parcel = SellerOrder.objects.order_by().filter(number=number).values_list("order_id")
    by_phone = (
        Order.objects.order_by().filter(phone=phone).values_list("pk") if phone else Order.objects.none()
    )
    return [pk for (pk,) in by_number.union(by_parcel, by_phone)]


def _payments(meant: _Meant) -> Q:
    return (
        Q(pk__in=meant.payments)
        | meant.is_number("provider_reference")
        | meant.is_amount("amount", "received")
    )


def _transfers(meant: _Meant) -> Q:
    of_code = Q(payment=Payment.objects.filter(reference=meant.code).values("pk")[:1])
    return of_code | meant.is_number("bank_reference") | meant.is_amount("amount") | meant.is_memo()


def _refunds(meant: _Meant) -> Q:
    numbers = meant.is_number("provider_reference", "bank_reference")
    return Q(payment__in=meant.payments) | numbers | meant.is_amount("amount")


def _payouts(meant: _Meant) -> Q:
    return Q(reference=meant.packed) | meant.is_number("bank_reference") | meant.is_amount("amount")


def _items(meant: _Meant) -> Q:
    named = Q(payment__in=meant.payments) | Q(reference=meant.code) | meant.is_number("reference")
    memo = meant.is_memo()
    said = Q(row__in=StatementRow.objects.filter(memo)) | Q(transfer__in=Transfer.objects.filter(memo))
    return named | said | meant.is_amount("our_amount", "their_amount")


def _rows(meant: _Meant) -> Q:
    return meant.is_number("reference") | meant.is_amount("amount") | meant.is_memo()


def _loose_rows() -> QuerySet[StatementRow]:
    """Those that opened no difference, each once, of statements that nobody has set aside."""
    rows = StatementRow.objects.filter(item=None).exclude(statement__state=Statement.State.DISCARDED)
    rows = rows.exclude(outcome=StatementRow.Outcome.REPEATED)
    return rows.select_related("statement").defer("statement__content").order_by("-pk")


def _amounts(words: str) -> set[int]:
    """ "150.000", "150 000 đ", "150000", "150k" and "-150.000"."""
    try:
        amount = read_dong(words.lstrip("+-"))
    except ValueError:
        return set()
    return {amount, -amount} if 0 < amount <= _LARGEST else set()


def _phone(words: str) -> str:
    try:
        return str(normalise_phone(words))
    except ValidationError:
        return ""


def _either(conditions: Iterable[Q]) -> Q:
    return reduce(or_, conditions)


def _first(rows: QuerySet[Any], which: Q) -> list[Any]:
    """One more than MOST, to know whether there is more."""
    return list(rows.filter(which)[: MOST + 1])

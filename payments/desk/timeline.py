"""All that happened to one payment and its order, in one line of time."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from marketplace.order.models import Order, SellerOrderEvent
from marketplace.order.numbers import spaced
from payments.desk.masking import masked, masked_body, masked_headers
from payments.desk.models import DeskAction
from payments.desk.taking_back import can_be_chosen
from payments.ledger.models import Entry
from payments.models import Notification, Payment, Refund, Transfer
from payments.providers.registry import name_of
from payments.reconciliation.models import StatementRow

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, kw_only=True)
class Moment:
    """``kind`` names the sort for the reader; ``raw`` are a provider's own words, masked; ``lines`` the books'."""

    at: datetime
    kind: str
    title: str
    text: str = ""
    amount: int | None = None
    raw: str = ""
    lines: tuple[Any, ...] = ()
    #: key of the entry
    entry: str = ""
    can_be_taken_back: bool = False


def timeline(order: Order) -> list[Moment]:
    """Oldest first: attempts to pay ``order``, notifications, transfers, refunds, books, cash, parcels, messages."""
    parts = (_attempts, _notifications, _transfers, _refunds, _entries, _cash, _parcels, _messages, _actions)
    return sorted((moment for part in parts for moment in part(order)), key=lambda moment: moment.at)


def _any_of(model: type[Row], *filters: dict[str, Order]) -> QuerySet[Row]:
    """Rows that fit one of ``filters``, each found by its own index: OR over joins would read whole tables."""
    rows = model._default_manager
    first, *others = (rows.filter(**fits).order_by().values("pk") for fits in filters)
    return rows.filter(pk__in=first.union(*others))


def _attempts(order: Order) -> Iterator[Moment]:
    for payment in Payment.objects.filter(order=order):
        yield Moment(
            at=payment.created_at,
            kind=_("Attempt"),
            title=_("%(reference)s by %(rail)s") % {"reference": payment.reference, "rail": payment.way},
            text=payment.get_state_display(),
            amount=payment.amount,
        )
        if payment.confirmed_at:
            yield Moment(
                at=payment.confirmed_at,
                kind=_("Attempt"),
                title=_("%(reference)s is paid") % {"reference": payment.reference},
                text=payment.provider_reference,
                amount=payment.received,
            )


def _notifications(order: Order) -> Iterator[Moment]:
    """Also that of a transfer which a person gave to the order."""
    for told in _any_of(Notification, {"payment__order": order}, {"transfer__payment__order": order}):
        yield Moment(
            at=told.received_at,
            kind=_("Notification"),
            title=f"{name_of(told.provider)} · {told.get_verdict_display()}",
            text=told.error or _repeats(told),
            raw="\n".join(filter(None, (masked_headers(told), masked_body(told)))),
        )


def _repeats(told: Notification) -> str:
    return _("came %(n)d more times") % {"n": told.repeats} if told.repeats else ""


def _transfers(order: Order) -> Iterator[Moment]:
    for transfer in Transfer.objects.filter(payment__order=order):
        yield Moment(
            at=transfer.occurred_at,
            kind=_("Bank transfer"),
            title=transfer.get_outcome_display(),
            text=" · ".join(
                filter(None, (masked(transfer.content), transfer.bank_reference, transfer.resolution))
            ),
            amount=transfer.amount,
        )


def _refunds(order: Order) -> Iterator[Moment]:
    for refund in Refund.objects.filter(payment__order=order):
        state = refund.get_state_display()
        yield Moment(
            at=refund.created_at, kind=_("Refund"), title=refund.reason, text=state, amount=refund.amount
        )
        if refund.done_at:
            yield Moment(
                at=refund.done_at,
                kind=_("Refund"),
                title=_("Sent back"),
                text=refund.bank_reference or refund.provider_reference,
                amount=refund.amount,
            )


def _entries(order: Order) -> Iterator[Moment]:
    """Also the corrections that are about it, and their taking back."""
    own, about_it = {"order": order}, {"proposal__order": order}
    entries = _any_of(Entry, own, about_it, {"reverses__proposal__order": order})
    for entry in entries.select_related("reversed_by").prefetch_related("lines__account__partner"):
        yield Moment(
            at=entry.created_at,
            kind=_("Books"),
            title=entry.get_kind_display(),
            text=entry.memo,
            lines=tuple(entry.lines.all()),
            entry=entry.key,
            can_be_taken_back=can_be_chosen(entry),
        )


def _cash(order: Order) -> Iterator[Moment]:
    """The carriers' lists that its parcels are on, and the bank's statements that show what these brought."""
    rows = StatementRow.objects.filter(parcel__order=order, outcome=StatementRow.Outcome.MATCHED)
    for row in rows.select_related("parcel", "statement__arrived_as__statement"):
        yield _shown(row, _("%(parcel)s is on the carrier's list") % {"parcel": row.parcel})
        if not row.returned and hasattr(row.statement, "arrived_as"):
            yield _shown(
                row.statement.arrived_as,
                _("The bank shows the carrier's list with %(parcel)s") % {"parcel": row.parcel},
            )


def _shown(row: StatementRow, title: str) -> Moment:
    """When a person brought the statement in: that is when the market knew."""
    return Moment(
        at=row.statement.applied_at or row.statement.read_at,
        kind=_("Cash"),
        title=title,
        text=" · ".join(filter(None, (row.statement.carrier, row.statement.name, masked(row.memo)))),
        amount=row.amount,
    )


def _parcels(order: Order) -> Iterator[Moment]:
    events = SellerOrderEvent.objects.filter(seller_order__order=order)
    for event in events.select_related("seller_order", "actor"):
        yield Moment(
            at=event.at,
            kind=_("Parcel"),
            title=f"{event.seller_order.number}: {event.get_status_display()}",
            text=event.note,
        )


def _messages(order: Order) -> Iterator[Moment]:
    """Those that name the order; the words of others, such as login codes, are nobody's business here.

    And what the desk was told of a transfer of nobody's order that became this one's.
    """
    numbers = [spaced(order.number), *order.seller_orders.values_list("number", flat=True)]
    attached = [
        f"transfer:{pk}" for pk in Transfer.objects.filter(payment__order=order).values_list("pk", flat=True)
    ]
    for message in Message.objects.filter(Q(context__number__in=numbers) | Q(key__in=attached)):
        yield Moment(
            at=message.created_at,
            kind=_receiver(message, order),
            title=render(message)[0],
            text=" · ".join(filter(None, (message.get_state_display(), message.channel))),
        )


def _receiver(message: Message, order: Order) -> str:
    """Buyers and farms have a phone; only the desk hears by e-mail alone."""
    if not message.phone:
        return _("Message to the money desk")
    return _("Message to the buyer") if message.phone == order.phone else _("Message to the farm")


def _actions(order: Order) -> Iterator[Moment]:
    for action in DeskAction.objects.filter(order=order).select_related("actor"):
        yield Moment(
            at=action.at,
            kind=_("Money desk"),
            title=f"{action.get_kind_display()} · {action.actor}",
            text=action.note,
            amount=action.amount,
        )

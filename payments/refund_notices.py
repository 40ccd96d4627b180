"""What buyer and farm hear of money that goes back, each said once.

Jobs of the outbox, done in its transaction: ``payload`` is {"refund": pk}.
"""

from typing import Any

from catalogue.money import dong
from marketplace.order.models import Order
from marketplace.order.notices import write_to_buyer, write_to_seller
from marketplace.order.numbers import spaced
from payments.models import Refund
from payments.parcel_refunds import wanting_an_account
from payments.providers import registry

_NOT_OF_THE_FARM = (Refund.Kind.SURPLUS, Refund.Kind.GOODWILL)


def refund_owed(payload: dict[str, Any]) -> None:
    """A surplus, or what staff decided. Of cancelled and short parcels and of claims those tell who see to them."""
    refund = _refund(payload)
    if refund.state == Refund.State.CANCELLED:
        return
    by_staff = refund.requested_by_id is not None and refund.kind != Refund.Kind.CLAIM
    if by_staff or refund.kind == Refund.Kind.SURPLUS:
        _tell_buyer("refund_owed", refund, {"reason": refund.reason})
    if by_staff and refund.kind not in _NOT_OF_THE_FARM and refund.seller_order:
        facts = {"amount": dong(refund.amount), "reason": refund.reason}
        write_to_seller("seller_refund_owed", refund.seller_order, facts, once=refund.pk)
    _ask_for_account(refund.payment.order)


def refund_failed(payload: dict[str, Any]) -> None:
    """The rail did not do it, so it goes by bank transfer."""
    _ask_for_account(_refund(payload).payment.order)


def refund_sent(payload: dict[str, Any]) -> None:
    """The money has left; nothing is said of what the bank sent back meanwhile."""
    refund = _refund(payload)
    if refund.state != Refund.State.DONE:
        return
    by_rail = "" if refund.account else str(registry.provider(refund.payment.provider).label)
    facts = {"bank": refund.bank if refund.account else "", "digits": refund.account[-4:], "rail": by_rail}
    _tell_buyer(
        "refund_sent", refund, facts | {"reference": refund.bank_reference or refund.provider_reference}
    )


def _ask_for_account(order: Order) -> None:
    """Once while the same refund waits for it, however many join it."""
    first = wanting_an_account(order.pk).order_by("pk").first()
    if first is not None:
        write_to_buyer("refund_account_wanted", order, {"number": spaced(order.number)}, once=first.pk)


def _tell_buyer(kind: str, refund: Refund, facts: dict[str, str]) -> None:
    order = refund.payment.order
    known = {"number": spaced(order.number), "amount": dong(refund.amount)}
    write_to_buyer(kind, order, known | facts, once=refund.sending)


def _refund(payload: dict[str, Any]) -> Refund:
    found: Refund = Refund.objects.select_related("payment__order", "seller_order__partner").get(
        pk=payload["refund"]
    )
    return found

"""Stripe's words about a Checkout Session, read into a ``Notice``.

VND has no smaller unit at Stripe: ``amount_total`` 150000 is 150,000 đồng (docs.stripe.com/currencies).
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from payments.providers.base import Notice, Outcome, Reason, UnreadableNotification

Json = dict[str, Any]

SESSION_EVENTS = frozenset({
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
})  # fmt: skip
_NOT_ENOUGH = frozenset({"insufficient_funds", "card_velocity_exceeded", "withdrawal_count_limit_exceeded"})


def from_event(body: bytes) -> Notice:
    """Raises UnreadableNotification."""
    try:
        event = json.loads(body)
        kind, session = event["type"], event["data"]["object"]
        if kind.startswith("charge.dispute."):
            return _disputed(event)
        if kind == "charge.refunded" and (session.get("metadata") or {}).get("reference"):
            return _given_back(event)
        if kind == "review.opened":
            return _reviewed(event)
        if kind == "payment_intent.payment_failed" and (session.get("metadata") or {}).get("reference"):
            return _declined(event)
        if kind not in SESSION_EVENTS or not session.get("client_reference_id"):
            return _ignored(event)
        outcome, reason = _of_event(kind, session)
        return _notice(
            session, event_id=event["id"], occurred_at=event["created"], outcome=outcome, reason=reason
        )
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise UnreadableNotification(f"not an event of Stripe: {error!r}") from error


def from_session(session: Json) -> Notice:
    """What a session that was asked for says now. Raises UnreadableNotification."""
    try:
        outcome, reason = _of_session(session)
        name = f"{session['id']}:{session['status']}:{session['payment_status']}"
        notice = _notice(
            session, event_id=name, occurred_at=_happened(session), outcome=outcome, reason=reason
        )
        return replace(notice, given_back=_amount(_charge(session).get("amount_refunded", 0)))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise UnreadableNotification(f"not a session of Stripe: {error!r}") from error


def _of_event(kind: str, session: Json) -> tuple[Outcome, Reason]:
    if kind.endswith(".expired"):
        return Outcome.FAILED, Reason.EXPIRED
    if kind.endswith(".async_payment_failed"):
        return Outcome.FAILED, Reason.REFUSED
    # Completed and unpaid: a slow way of paying, whose async_payment_* comes later.
    return (Outcome.PAID if session["payment_status"] == "paid" else Outcome.PENDING), Reason.NONE


def _of_session(session: Json) -> tuple[Outcome, Reason]:
    if session["payment_status"] == "paid":  # and it stays so when the money has gone back
        return (Outcome.REFUNDING if _charge(session).get("refunded") else Outcome.PAID), Reason.NONE
    if session["status"] == "expired":
        return Outcome.FAILED, Reason.EXPIRED
    intent = _expanded(session.get("payment_intent"))
    error = intent.get("last_payment_error") or {}
    reason = _why(error) if error else Reason.NONE
    given_up = session["status"] == "complete" and intent.get("status") in (
        "requires_payment_method",
        "canceled",
    )
    # A card declined on a page that is still open can be tried again there.
    return (Outcome.FAILED, reason or Reason.REFUSED) if given_up else (Outcome.PENDING, reason)


def _why(error: Json) -> Reason:
    return Reason.INSUFFICIENT if error.get("decline_code") in _NOT_ENOUGH else Reason.REFUSED


def _happened(session: Json) -> int:
    return int(_charge(session).get("created") or session["created"])


def _charge(session: Json) -> Json:
    return _expanded(_expanded(session.get("payment_intent")).get("latest_charge"))


def _expanded(value: object) -> Json:
    """Stripe gives an object, only its id, or null."""
    return value if isinstance(value, dict) else {}


def _notice(session: Json, *, event_id: str, occurred_at: int, outcome: Outcome, reason: Reason) -> Notice:
    if not isinstance(event_id, str):
        raise TypeError("id")
    return Notice(
        event_id=event_id,
        outcome=outcome,
        reason=reason,
        amount=_amount(session["amount_total"]),
        currency=str(session["currency"]).upper(),
        occurred_at=datetime.fromtimestamp(occurred_at, UTC),
        reference=str(session.get("client_reference_id") or ""),
        provider_reference=str(session["id"]),
    )


def _amount(value: object) -> int:
    if type(value) is not int:
        raise TypeError(f"{value!r} is no amount")
    return value


def _given_back(event: Json) -> Notice:
    """By us, by a person in Stripe's dashboard or by Radar: our books tell which. The charge bears our reference."""
    charge = event["data"]["object"]
    return Notice(
        event_id=str(event["id"]),
        outcome=Outcome.REFUNDING,
        amount=_amount(charge["amount"]),
        given_back=_amount(charge["amount_refunded"]),
        currency=str(charge["currency"]).upper(),
        occurred_at=datetime.fromtimestamp(event["created"], UTC),
        reference=str(charge["metadata"]["reference"]),
    )


def _declined(event: Json) -> Notice:
    """The page stays open for another card; nobody has to come back from it to read why."""
    intent = event["data"]["object"]
    return Notice(
        event_id=str(event["id"]),
        outcome=Outcome.PENDING,
        reason=_why(intent.get("last_payment_error") or {}),
        amount=_amount(intent["amount"]),
        currency=str(intent["currency"]).upper(),
        occurred_at=datetime.fromtimestamp(event["created"], UTC),
        reference=str(intent["metadata"]["reference"]),
    )


def _disputed(event: Json) -> Notice:
    """A card's holder takes the money back through the bank, and staff have days to answer.

    It names no reference of ours: it can change no payment, and joins the differences that a person settles.
    """
    dispute = event["data"]["object"]
    about = f"{event['type']} {dispute.get('payment_intent') or dispute['id']}"
    return Notice(
        event_id=str(event["id"]),
        outcome=Outcome.FAILED,
        reason=Reason.REVERSED,
        amount=int(dispute["amount"]),
        currency=str(dispute["currency"]).upper(),
        occurred_at=datetime.fromtimestamp(event["created"], UTC),
        reference=f"{about}, {dispute['amount']} {dispute['currency']}",
        provider_reference=str(dispute["id"]),
    )


def _reviewed(event: Json) -> Notice:
    """Radar suspects a fraud in money that has been taken: staff decide in Stripe's dashboard. Like a dispute."""
    review = event["data"]["object"]
    return Notice(
        event_id=str(event["id"]),
        outcome=Outcome.PENDING,
        reason=Reason.HELD,
        amount=0,
        occurred_at=datetime.fromtimestamp(event["created"], UTC),
        reference=f"{event['type']} {review.get('payment_intent') or review['id']}",
        provider_reference=str(review["id"]),
    )


def _ignored(event: Json) -> Notice:
    """Single refunds and sessions that are not ours: true, but we ask about our refunds ourselves."""
    return Notice(
        event_id=str(event["id"]),
        outcome=Outcome.IGNORED,
        amount=0,
        occurred_at=datetime.fromtimestamp(event["created"], UTC),
    )

"""What may happen to a payment, by a tap on the page or an order of a test, and which events tell of it."""

import enum
from collections.abc import Callable

from payments.simulators.stripe.account import Account
from payments.simulators.stripe.wire import Json
from payments.simulators.telling import Telling

Events = list[tuple[str, Json]]


class Act(enum.StrEnum):
    PAY = "pay"
    CANCEL = "cancel"
    """The buyer turns back. Stripe tells nobody, and the page stays open."""
    EXPIRE = "expire"
    INSUFFICIENT = "insufficient"
    FRAUD = "fraud"
    """Paid, and put up for review by Radar: Stripe has the money and says so."""
    REVERSE = "reverse"
    """Someone gives all of it back in Stripe's dashboard."""


def perform(account: Account, session: Json, act: Act, telling: Telling) -> None:
    """Carry out ``act`` and have its events told; "reordered" turns their order round. Raises Refusal."""
    with account.lock:
        events = [account.record(kind, subject) for kind, subject in _ACTS[act](account, session)]
        for event in reversed(events) if telling.reordered else events:
            _tell(account, event, telling)


def _tell(account: Account, event: Json, telling: Telling) -> None:
    subject = event["data"]["object"]
    if telling.wrong_amount and subject["object"] == "checkout.session":
        subject["amount_total"] = telling.wrong_amount
    secret = "whsec_of_somebody_else" if telling.forged else ""
    for _ in range(telling.copies):
        account.send(event, secret=secret, late_days=telling.late_days)


def _pay(account: Account, session: Json) -> Events:
    intent = account.pay_session(session)
    return [("payment_intent.succeeded", intent), ("checkout.session.completed", session)]


def _cancel(account: Account, session: Json) -> Events:
    return []


def _expire(account: Account, session: Json) -> Events:
    account.expire_session(session)
    return [("checkout.session.expired", session)]


def _insufficient(account: Account, session: Json) -> Events:
    return [("payment_intent.payment_failed", account.pay_session(session, decline="insufficient_funds"))]


def _fraud(account: Account, session: Json) -> Events:
    intent = account.pay_session(session, review=True)
    charge = account.charges[intent["latest_charge"]]
    review = {"id": charge["review"], "object": "review", "open": True, "payment_intent": intent["id"]}
    return [
        ("payment_intent.succeeded", intent),
        ("review.opened", review),
        ("checkout.session.completed", session),
    ]


def _reverse(account: Account, session: Json) -> Events:
    refund = account.create_refund({"payment_intent": session["payment_intent"] or ""})
    return [("refund.created", refund), ("charge.refunded", account.charges[refund["charge"]])]


_ACTS: dict[Act, Callable[[Account, Json], Events]] = {
    Act.PAY: _pay,
    Act.CANCEL: _cancel,
    Act.EXPIRE: _expire,
    Act.INSUFFICIENT: _insufficient,
    Act.FRAUD: _fraud,
    Act.REVERSE: _reverse,
}

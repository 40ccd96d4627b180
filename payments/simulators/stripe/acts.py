"""What may happen to a payment, by a tap on the page or an order of a test, and which events tell of it."""

import enum
from collections.abc import Callable

from payments.simulators.giving_back import OwnRefund
from payments.simulators.stripe import refunds
from payments.simulators.stripe.account import Account
from payments.simulators.stripe.refunds import Events
from payments.simulators.stripe.wire import Json, Refusal
from payments.simulators.telling import Telling


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


def perform(account: Account, session: Json, act: Act, telling: Telling, *, intent: str = "") -> None:
    """Carry out ``act`` and have its events told. Raises Refusal.

    ``intent`` is the id of the payment intent, where an earlier payment has it as well.
    """
    with account.lock:
        account.pass_time()
        if intent and act not in (Act.PAY, Act.INSUFFICIENT, Act.FRAUD):
            raise Refusal(f"{act} begins no payment that could have a number")
        if intent:
            account.begin_intent(session, name=intent)
        _tell_all(account, _ACTS[act](account, session), telling)


def give_back(account: Account, session: Json, own: OwnRefund, telling: Telling) -> None:
    """Somebody at Stripe or in its dashboard does, and each refund is told of. Raises ValueError, Refusal too."""
    with account.lock:
        intent, charge = refunds.refundable(account, session["payment_intent"] or "")
        own.check(refunds.left_of(charge))
        for one in own.each():
            _refund, events = refunds.give_back(account, intent, one.amount, name=one.reference)
            _tell_all(account, events, telling)


def _tell_all(account: Account, told: Events, telling: Telling) -> None:
    """ "reordered" turns their order round."""
    events = [account.record(kind, subject) for kind, subject in told]
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
    intent, charge = refunds.refundable(account, session["payment_intent"] or "")
    left = refunds.left_of(charge)
    if not left:
        raise Refusal(f"Charge {charge['id']} has already been refunded.")
    return refunds.give_back(account, intent, left)[1]


_ACTS: dict[Act, Callable[[Account, Json], Events]] = {
    Act.PAY: _pay,
    Act.CANCEL: _cancel,
    Act.EXPIRE: _expire,
    Act.INSUFFICIENT: _insufficient,
    Act.FRAUD: _fraud,
    Act.REVERSE: _reverse,
}

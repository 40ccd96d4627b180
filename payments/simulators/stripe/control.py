"""Stripe's control API; payments.simulators.control has the rest of it.

``POST /control/payments/<reference>/<act>``  act: pay cancel expire insufficient fraud reverse; the body says how the
    shop is told, as payments.simulators.telling reads it, and {"reference": id of an earlier payment intent} gives
    this payment the same one
``POST /control/payments/<reference>/refund`` and two more faults: payments.simulators.giving_back; the body of the
    first also says how the shop is told
``POST /control/refunds/<id>/<status>``       pending succeeded failed
``GET  /control/charges``                     what Stripe believes
"""

from payments.simulators.control import Faults, advance, described, order_fault
from payments.simulators.giving_back import OwnRefund
from payments.simulators.server import Json
from payments.simulators.stripe import refunds
from payments.simulators.stripe.account import Account
from payments.simulators.stripe.acts import Act, give_back, perform
from payments.simulators.telling import Telling


def carry_out(account: Account, faults: Faults, path: str, order: Json) -> Json:
    """One POST. Raises ValueError (Refusal too), KeyError or TypeError on a senseless one."""
    match path.removeprefix("/control/").split("/"):
        case ["faults"]:
            return order_fault(faults, account.refund_faults, order)
        case ["advance"]:
            return advance(account.courier, order, happens=account.pass_time)
        case ["payments", reference, "refund"]:
            telling = Telling.from_order({"notify": order.pop("notify", "")})
            give_back(account, session_of(account, reference), OwnRefund.from_order(order), telling)
        case ["payments", reference, act]:
            intent = str(order.pop("reference", ""))
            telling = Telling.from_order(order)
            perform(account, session_of(account, reference), Act(act), telling, intent=intent)
        case ["refunds", name, status]:
            _settle_refund(account, name, status)
        case _:
            raise ValueError("unknown path")
    account.courier.settle()
    return described(account.courier.deliveries)


def session_of(account: Account, reference: str) -> Json:
    """The newest session of the shop's ``reference``, or the one of that id. Raises KeyError."""
    ours = [s for s in account.sessions.values() if reference in (s["client_reference_id"], s["id"])]
    if not ours:
        raise KeyError(reference)
    return ours[-1]


def charges(account: Account) -> Json:
    """Every session as Stripe sees it, with what was given back."""
    account.pass_time()
    return {"charges": [_charge(account, session) for session in account.sessions.values()]}


def _charge(account: Account, session: Json) -> Json:
    intent = session["payment_intent"]
    refunds = [refund for refund in account.refunds if intent and refund["payment_intent"] == intent]
    return {
        "reference": session["client_reference_id"],
        "provider_reference": session["id"],
        "amount": session["amount_total"],
        "state": "paid" if session["payment_status"] == "paid" else session["status"],
        "refunds": [{name: refund[name] for name in ("id", "amount", "status")} for refund in refunds],
    }


def _settle_refund(account: Account, name: str, status: str) -> None:
    with account.lock:
        for kind, refund in refunds.settle(account, refunds.find(account, name), status):
            account.send(account.record(kind, refund))

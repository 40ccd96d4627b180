"""The control API, JSON in and out, for tests and scripted faults.

``POST /control/faults``   {"answer": "slow"|"500"|"html"|"half"|"lost_after_charge", "times": n, "path": prefix}
``POST /control/payments/<reference>/<act>``  act: pay cancel expire insufficient fraud reverse; the body may say
    {"notify": "lost"|"twice"|"reordered"|"before_return"|"wrong_signature", "late_days": n, "wrong_amount": n}
``POST /control/refunds/<id>/<status>``       pending succeeded failed
``POST /control/advance``  {"minutes": n}
``GET  /control/deliveries``  every webhook with the answers to it
``GET  /control/charges``     what Stripe believes
"""

from dataclasses import dataclass, field

from payments.simulators.stripe.account import Account
from payments.simulators.stripe.acts import Act, perform
from payments.simulators.stripe.deliveries import Courier
from payments.simulators.stripe.wire import Json, Refusal

SETTLE_SECONDS = 10
FAULTS = ("slow", "500", "html", "half", "lost_after_charge")


@dataclass
class Faults:
    """The next ``times`` answers to paths that begin with ``path`` go wrong as ``answer`` says.

    Only a POST can charge, so "lost_after_charge" waits for one.
    """

    answer: str = ""
    times: int = 0
    path: str = field(default="/v1/")

    def next(self, method: str, path: str) -> str:
        if self.times <= 0 or not path.startswith(self.path):
            return ""
        if self.answer == "lost_after_charge" and method != "POST":
            return ""
        self.times -= 1
        return self.answer


def order(account: Account, faults: Faults, path: str, body: Json) -> Json:
    """Carry out one POST. Raises Refusal, ValueError, KeyError or TypeError on a senseless one."""
    match path.removeprefix("/control/").split("/"):
        case ["faults"]:
            return _set_faults(faults, body)
        case ["advance"]:
            account.courier.advance(float(body["minutes"]) * 60)
        case ["payments", reference, act]:
            perform(account, session_of(account, reference), Act(act), body)
        case ["refunds", name, status]:
            _settle_refund(account, name, status)
        case _:
            raise ValueError("unknown path")
    account.courier.settle(SETTLE_SECONDS)
    return deliveries(account.courier)


def session_of(account: Account, reference: str) -> Json:
    """The newest session of the shop's ``reference``, or the one of that id. Raises KeyError."""
    ours = [s for s in account.sessions.values() if reference in (s["client_reference_id"], s["id"])]
    if not ours:
        raise KeyError(reference)
    return ours[-1]


def deliveries(courier: Courier) -> Json:
    return {
        "deliveries": [
            {
                "event": sent.event_id,
                "type": sent.kind,
                "attempts": sent.statuses,
                "delivered": sent.delivered,
                "due": sent.due,
            }
            for sent in courier.deliveries
        ]
    }


def charges(account: Account) -> Json:
    """Every session as Stripe sees it, with what was given back."""
    return {"charges": [_charge(account, session) for session in account.sessions.values()]}


def _charge(account: Account, session: Json) -> Json:
    intent = session["payment_intent"]
    refunds = [refund for refund in account.refunds.values() if intent and refund["payment_intent"] == intent]
    return {
        "reference": session["client_reference_id"],
        "provider_reference": session["id"],
        "amount": session["amount_total"],
        "state": "paid" if session["payment_status"] == "paid" else session["status"],
        "refunds": [{name: refund[name] for name in ("id", "amount", "status")} for refund in refunds],
    }


def _set_faults(faults: Faults, body: Json) -> Json:
    if body["answer"] not in FAULTS:
        raise ValueError(f"answer is one of {', '.join(FAULTS)}")
    faults.answer, faults.times = str(body["answer"]), int(body.get("times", 1))
    faults.path = str(body.get("path", "/v1/"))
    return {"answer": faults.answer, "times": faults.times, "path": faults.path}


def _settle_refund(account: Account, name: str, status: str) -> None:
    with account.lock:
        refund = account.refunds.get(name)
        if refund is None:
            raise Refusal(f"No such refund: {name}", status=404)
        account.settle_refund(refund, status)
        kind = "refund.failed" if status == "failed" else "refund.updated"
        account.send(account.record(kind, refund))

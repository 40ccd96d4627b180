"""The control API of a company with a page; payments.simulators.control has the rest of it.

``POST /control/payments/<reference>/<act>``  act: pay cancel expire insufficient fraud bank_error reverse
    authorize; the body may say
    {"notify": "lost"|"twice"|"before_return"|"reordered"|"late_days"|"wrong_amount"|"wrong_signature"},
    with a number as {"notify": {"late_days": 3}}; {"reference": n} gives the payment a number of the company's that
    another has as well
``POST /control/payments/<reference>/say/<state>``  tell of a state that it may not be in: paid cancelled expired
    insufficient held bank_error reversed authorized given_back, each where the company has a word for it; the
    body as above
``POST /control/payments/<reference>/refund`` and two more faults: payments.simulators.giving_back
``POST /control/refunds/<id>/<status>``       pending succeeded failed
``GET  /control/charges``                     what the company believes
``GET  /control/requests``                    also "refunds": how often the shop asked for each, by its own name for
    it; where "500" or "html" was said instead, it was not heard
"""

from dataclasses import replace

from payments.simulators.control import Faults, advance, described, order_fault
from payments.simulators.gateway.charges import Act, Charge, RefundStatus, State
from payments.simulators.gateway.rail import Rail
from payments.simulators.giving_back import OwnRefund
from payments.simulators.server import Json
from payments.simulators.telling import Telling


def carry_out(rail: Rail, faults: Faults, path: str, order: Json) -> Json:
    """One POST. Raises ValueError, KeyError or TypeError on a senseless one."""
    match path.removeprefix("/control/").split("/"):
        case ["faults"]:
            int(order.get("refund_reference") or 0)  # digits, as the numbers of these companies are
            return order_fault(faults, rail.book.refund_faults, order)
        case ["advance"]:
            return advance(rail.courier, order)
        case ["payments", reference, "refund"]:
            _give_back(rail, _charge(rail, reference), OwnRefund.from_order(order))
        case ["payments", reference, "say", state]:
            rail.tell(replace(_charge(rail, reference), state=State(state)), Telling.from_order(order))
        case ["payments", reference, act]:
            number = int(order.pop("reference", 0))
            rail.perform(_charge(rail, reference), Act(act), Telling.from_order(order), number=number)
        case ["refunds", name, status]:
            _settle_refund(rail, name, RefundStatus(status))
        case _:
            raise ValueError("unknown path")
    rail.courier.settle()
    return described(rail.courier.deliveries)


def charges(rail: Rail) -> Json:
    with rail.book.lock:
        return {"charges": [_described(charge) for charge in rail.book.all()]}


def requests(rail: Rail, faults: Faults) -> Json:
    with rail.book.lock:
        return {**faults.requests(), "refunds": dict(rail.book.refunds_asked_for)}


def _charge(rail: Rail, reference: str) -> Charge:
    """The payment of that reference, or whose reference ends with it (ZaloPay puts the date in front)."""
    with rail.book.lock:
        found = rail.book.find(reference)
        ending = [one for one in rail.book.all() if one.reference.endswith(f"_{reference}")]
    if found is None and not ending:
        raise KeyError(f"no payment {reference}")
    return found or ending[-1]


def _give_back(rail: Rail, charge: Charge, own: OwnRefund) -> None:
    """By the company itself, which tells the shop nothing. Raises ValueError (Impossible too)."""
    used = int(own.reference or 0)
    with rail.book.lock:
        own.check(charge.left)
        for one in own.each():
            refund = rail.book.give_back(charge, one.amount)
            refund.number = used if one.reference else refund.number


def _settle_refund(rail: Rail, name: str, status: RefundStatus) -> None:
    with rail.book.lock:
        found = rail.book.find_refund(name)
        if found is None:
            raise KeyError(f"no refund {name}")
        found[1].status = status
        found[1].due = float("inf")


def _described(charge: Charge) -> Json:
    return {
        "reference": charge.reference,
        "provider_reference": str(charge.number),
        "amount": charge.amount,
        "state": charge.state,
        "at": charge.changed,
        "refunds": [
            {"id": one.id, "number": str(one.number), "amount": one.amount, "status": one.status}
            for one in charge.refunds
        ],
    }

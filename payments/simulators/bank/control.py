"""The bank's control API, JSON in and out, for tests and scripted faults; payments.simulators.control has the rest.

``POST /control/transfers``  {"payload": QR text, and optionally "amount", "memo", "direction": "in"|"out",
                              "notify": how it is told, as payments.simulators.telling reads it:
                              "lost"|"twice"|"reordered"|"late_days"|"wrong_amount"|"wrong_signature",
                              "delay_minutes", "forged": bool, "truncated": half of the body is sent, or a share
                              that is said, "copies": of the same event, "apart_minutes": from one to the next,
                              "notifiers": some of those at work, "reported_amount": what they say instead,
                              "reference": the bank's number, one that was used before as well}
``GET  /control/charges``    what was booked on the account
``POST /control/faults``     spoils answers to the payer's app, page or tap: the shop asks neither a bank nor those
                              who watch it anything

Money goes back from here by a person's transfer, "out", and nobody is asked for it: twice or too much is another
transfer. Nor can what was never sent be told, or a transfer be reversed once it has arrived.
"""

from payments.simulators.bank.simulator import Simulator
from payments.simulators.bank.transactions import Direction, Transaction
from payments.simulators.bank.transfers import as_banks_write
from payments.simulators.bank.vietqr import read
from payments.simulators.control import described
from payments.simulators.server import Json
from payments.simulators.telling import Telling

PATHS = (
    "POST /control/transfers",
    "POST /control/advance",
    "POST /control/faults",
    "GET /control/deliveries",
    "GET /control/charges",
    "GET /control/requests",
)


def create_transfer(simulator: Simulator, order: Json) -> Json:
    """Send one bank transaction with the faults asked for; answers how it is told.

    Raises ValueError on a senseless order.
    """
    telling = Telling.from_order({"notify": order.get("notify", "")})
    deliveries = simulator.book(
        _transaction(order),
        delay_minutes=float(order.get("delay_minutes", telling.delay_minutes)),
        copies=int(order.get("copies", telling.copies)),
        apart_minutes=float(order.get("apart_minutes", 0)),
        only=tuple(order.get("notifiers", ())),
        secret="guessed by somebody" if order.get("forged", telling.forged) else "",
        kept=_kept(order.get("truncated", False)),
        reported_amount=int(order.get("reported_amount", telling.wrong_amount)),
    )
    simulator.courier.settle()
    return described(deliveries)


def charges(simulator: Simulator) -> Json:
    return {"charges": [_described(transaction) for transaction in simulator.booked]}


def _transaction(order: Json) -> Transaction:
    scanned = read(str(order["payload"]))
    return Transaction(
        account=scanned.account,
        bank=scanned.bank,
        amount=int(order.get("amount", scanned.amount)),
        content=as_banks_write(str(order.get("memo", scanned.memo)), scanned.account),
        direction=Direction(order.get("direction", "in")),
        given_reference=str(order.get("reference", "")),
    )


def _kept(truncated: float | bool) -> float:
    """Raises ValueError for what is no share."""
    if isinstance(truncated, bool):
        return 0.5 if truncated else 1
    if not 0 < truncated < 1:
        raise ValueError("truncated is true, or a share between 0 and 1")
    return truncated


def _described(transaction: Transaction) -> Json:
    return {
        "reference": transaction.reference,
        "number": transaction.number,
        "account": transaction.account,
        "amount": transaction.amount,
        "direction": transaction.direction,
        "content": transaction.content,
        "at": transaction.at.isoformat(),
    }

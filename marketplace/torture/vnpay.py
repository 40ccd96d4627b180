"""What VNPAY reports of a payment, in the order it pleases: signed as the pretended VNPAY does."""

import time

from django.conf import settings

from marketplace.torture.messages import Message
from payments.models import Payment
from payments.simulators.gateway.charges import State
from payments.simulators.vnpay import states, wire

PATH = "/thanh-toan/vnpay/ipn"
PAID, CANCELLED, REVERSED = (states.CODES[end] for end in (State.PAID, State.CANCELLED, State.REVERSED))
"""vnp_ResponseCode and vnp_TransactionStatus."""
GIVEN_BACK = ("00", "06")
"""A refund that nobody of ours asked for."""


def report(payment: Payment, codes: tuple[str, str], *, kind: str) -> Message:
    response, status = codes
    fields = {
        "vnp_TmnCode": settings.VNPAY_TMN_CODE,
        "vnp_TxnRef": payment.reference,
        "vnp_Amount": str(payment.amount * wire.HUNDREDTHS),
        "vnp_BankCode": states.BANK,
        "vnp_OrderInfo": "Thanh toan don hang",
        "vnp_PayDate": wire.stamp(time.time()),
        "vnp_TransactionNo": f"14{payment.pk:07}",
        "vnp_ResponseCode": response,
        "vnp_TransactionStatus": status,
    }
    return Message(kind, "GET", f"{PATH}?{wire.signed_query(fields, settings.VNPAY_SECRET)}")

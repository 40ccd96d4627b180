"""What VNPAY reports of a payment, in the order it pleases."""

from urllib.parse import urlencode

from django.conf import settings

from marketplace.torture.messages import Message
from payments.models import Payment
from payments.providers.vnpay.signature import HASH, sign_query

PATH = "/thanh-toan/vnpay/ipn"
#: vnp_ResponseCode and vnp_TransactionStatus
PAID, CANCELLED, REVERSED = ("00", "00"), ("24", "02"), ("00", "04")


def report(payment: Payment, codes: tuple[str, str], *, kind: str) -> Message:
    response, status = codes
    fields = {
        "vnp_TmnCode": settings.VNPAY_TMN_CODE,
        "vnp_TxnRef": payment.reference,
        "vnp_Amount": str(payment.amount * 100),
        "vnp_BankCode": "NCB",
        "vnp_OrderInfo": "Thanh toan don hang",
        "vnp_PayDate": "20261125093000",
        "vnp_TransactionNo": f"14{payment.pk:07}",
        "vnp_ResponseCode": response,
        "vnp_TransactionStatus": status,
    }
    fields[HASH] = sign_query(fields, settings.VNPAY_SECRET)
    return Message(kind, "GET", f"{PATH}?{urlencode(fields)}")

"""VNPAY as the shop meets it: the pay page, the report by GET, the return, and the API."""

import json
from http import HTTPStatus

from payments.simulators.deliveries import Plan, Request
from payments.simulators.gateway import pages
from payments.simulators.gateway.charges import Act, Charge, Duplicate
from payments.simulators.gateway.rail import Button, Call, Rail, json_answer
from payments.simulators.server import HTML, Answer
from payments.simulators.shop import Shop
from payments.simulators.vnpay import order, states, wire
from payments.simulators.vnpay.api import Api

PAY, API = "/paymentv2/vpcpay.html", "/merchant_webapi/api/transaction"


def judge(status: int, body: bytes) -> tuple[bool, str]:
    """VNPAY stops at 00 and 02 and calls again for everything else."""
    try:
        code = json.loads(body)["RspCode"]
    except (ValueError, KeyError, TypeError):
        return False, "no RspCode"
    remark = "" if code == "00" else f"RspCode {code}"
    return status == HTTPStatus.OK and code in ("00", "02"), remark


class VNPay(Rail):
    name = "VNPAY"
    theme = "vnpay"
    api = API
    paths = (PAY, API)
    plan = Plan(minutes=tuple(range(0, 50, 5)), judge=judge)
    """Ten calls, five minutes apart."""
    refund_seconds = 10 * 60
    buttons = (
        Button(Act.PAY, "Trả tiền", "thẻ thử của ngân hàng NCB, thành công"),
        Button(Act.CANCEL, "Hủy giao dịch", "mã 24, chưa trừ tiền"),
        Button(Act.EXPIRE, "Hết giờ chờ", "mã 11, chưa trừ tiền"),
        Button(Act.INSUFFICIENT, "Không đủ số dư", "mã 51, chưa trừ tiền"),
        Button(Act.FRAUD, "Nghi gian lận", "mã 07, đã trừ tiền và giữ lại để kiểm tra"),
        Button(Act.REVERSE, "Giao dịch đảo", "trạng thái 04, ngân hàng đã trừ rồi trả lại"),
    )

    def __init__(self, shop: Shop, *, tmn_code: str, secret: str) -> None:
        super().__init__(shop, secret)
        self.tmn_code = tmn_code
        self._api = Api(self.book, tmn_code=tmn_code, secret=secret)

    def answer(self, call: Call) -> Answer:
        if call.path == API:
            return json_answer(self._api.answer(call.body))
        try:
            asked = order.read(
                call.query, tmn_code=self.tmn_code, secret=self.secret, clock=self.courier.clock
            )
            charge = self.book.add(asked)
        except order.Rejected as error:
            return self._error(error.code, str(error))
        except Duplicate:
            return self._error("01", "Giao dịch này đã tồn tại: vnp_TxnRef đã được dùng.")
        return Answer(b"", "text/plain", HTTPStatus.SEE_OTHER, location=f"/pay/{charge.token}")

    def notice(self, charge: Charge, *, amount: int, secret: str) -> Request:
        query = self._result(charge, amount=amount, secret=secret)
        return Request(
            f"{self.shop.notify_url}?{query}", headers={"User-Agent": "VNPAY-simulator"}, method="GET"
        )

    def return_url(self, charge: Charge) -> str:
        join = "&" if "?" in charge.return_url else "?"
        return charge.return_url + join + self._result(charge, amount=charge.amount, secret=self.secret)

    def _result(self, charge: Charge, *, amount: int, secret: str) -> str:
        """The same fields for the report and for the return, signed."""
        code, status = states.CODES[charge.state]
        debited = charge.state in states.DEBITED
        fields = {
            "vnp_Amount": str(amount * wire.HUNDREDTHS),
            "vnp_BankCode": states.BANK,
            "vnp_BankTranNo": f"VNP{charge.number}" if debited else "",
            "vnp_CardType": "ATM",
            "vnp_OrderInfo": charge.description,
            "vnp_PayDate": wire.stamp(charge.changed),
            "vnp_ResponseCode": code,
            "vnp_TmnCode": self.tmn_code,
            "vnp_TransactionNo": str(charge.number) if debited else "0",
            "vnp_TransactionStatus": status,
            "vnp_TxnRef": charge.reference,
        }
        return wire.signed_query(fields, secret)

    def _error(self, code: str, words: str) -> Answer:
        page = pages.message(self, f"VNPAY từ chối (mã {code})", words)
        return Answer(page.encode(), HTML, HTTPStatus.BAD_REQUEST)

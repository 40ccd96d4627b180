"""MoMo as the shop meets it: the five calls, the page, the IPN and the return."""

import json
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from payments.simulators.deliveries import Plan, Request
from payments.simulators.gateway.charges import Act, Charge, State
from payments.simulators.gateway.rail import Button, Call, Rail, json_answer
from payments.simulators.momo import wire
from payments.simulators.momo.api import RESULTS, Api, captures_itself
from payments.simulators.server import Answer
from payments.simulators.shop import Shop
from payments.simulators.telling import Telling

PREFIX = "/v2/gateway/api/"


def judge(status: int, body: bytes) -> tuple[bool, str]:
    """204 with nothing in it is what MoMo asks for; another success passes, and is noted."""
    if status == HTTPStatus.NO_CONTENT:
        return True, ""
    if 200 <= status < 300:
        return True, f"protocol: 204 without a body is expected, not {status}"
    return False, f"status {status}"


class MoMo(Rail):
    name = "MoMo"
    theme = "momo"
    api = PREFIX
    paths = tuple(f"{PREFIX}{call}" for call in ("create", "query", "confirm", "refund", "refund/query"))
    plan = Plan(minutes=(0, 1, 5, 15, 30), answer_seconds=15, judge=judge)
    """[UNCONFIRMED 2026-11] MoMo publishes the 15 seconds, but not how often it tries again."""
    review_minutes = 10
    buttons = (
        Button(Act.PAY, "Trả tiền", "mã 0, thành công"),
        Button(Act.CANCEL, "Từ chối trong ví", "mã 1006, chưa trừ tiền"),
        Button(Act.EXPIRE, "Hết hạn", "mã 1005, chưa trừ tiền"),
        Button(Act.INSUFFICIENT, "Ví không đủ tiền", "mã 1001, chưa trừ tiền"),
        Button(Act.FRAUD, "Đang xử lý", "mã 7002, 10 phút sau thành công"),
        Button(Act.AUTHORIZE, "Giữ tiền", "mã 9000, 10 phút sau MoMo tự thu"),
        Button(Act.REVERSE, "MoMo hủy giao dịch", "mã 1003, tiền được trả lại"),
    )

    def __init__(self, shop: Shop, *, partner_code: str, access_key: str, secret: str) -> None:
        super().__init__(shop, secret)
        self._partner_code, self._access_key = partner_code, access_key
        self._api = Api(self.book, (partner_code, access_key, secret), self._capture)

    def answer(self, call: Call) -> Answer:
        if call.method != "POST":
            return json_answer({"message": "POST expected"}, HTTPStatus.METHOD_NOT_ALLOWED)
        return json_answer(self._api.answer(call.path.removeprefix(PREFIX), call.body, call.own_url))

    def perform(self, charge: Charge, act: Act, telling: Telling, *, number: int = 0) -> None:
        """Who pays a shop that captures by itself has the money set aside. Raises Impossible."""
        pays = act is Act.PAY and charge.state is State.OPEN
        sets_aside = pays and not captures_itself(charge)
        super().perform(charge, Act.AUTHORIZE if sets_aside else act, telling, number=number)

    def ends_by_itself(self, charge: Charge) -> bool:
        """Also what MoMo has set aside for itself to capture. [UNCONFIRMED 2026-11] how long that takes."""
        captured = charge.state is State.AUTHORIZED and captures_itself(charge)
        return captured or super().ends_by_itself(charge)

    def notice(self, charge: Charge, *, amount: int, secret: str) -> Request | None:
        if not self.shop.owns(charge.notify_url):
            return None
        body = json.dumps(self._result(charge, amount=amount, secret=secret), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json; charset=UTF-8", "User-Agent": "MoMo-simulator"}
        return Request(charge.notify_url, body, headers)

    def return_url(self, charge: Charge) -> str:
        join = "&" if "?" in charge.return_url else "?"
        result = self._result(charge, amount=charge.amount, secret=self.secret)
        return charge.return_url + join + urlencode(result)

    def _capture(self, charge: Charge, act: Act) -> None:
        self.perform(charge, act, Telling())

    def _result(self, charge: Charge, *, amount: int, secret: str) -> dict[str, Any]:
        """The same fields for the IPN and for the return."""
        code = RESULTS[charge.state]
        fields = {
            "partnerCode": self._partner_code,
            "orderId": charge.reference,
            "requestId": charge.fields["requestId"],
            "amount": amount,
            "orderInfo": charge.description,
            "orderType": "momo_wallet",
            "transId": charge.number,
            "resultCode": code,
            "message": wire.MESSAGES[code],
            "payType": "qr",
            "responseTime": int(self.courier.clock.now() * 1000),
            "extraData": charge.fields["extraData"],
        }
        signature = wire.sign({**fields, "accessKey": self._access_key}, wire.IPN, secret)
        return {**fields, "signature": signature}

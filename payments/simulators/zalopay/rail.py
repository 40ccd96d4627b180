"""ZaloPay as the shop meets it: the four calls, the page, the callback for success, and the return."""

import json
from http import HTTPStatus
from urllib.parse import urlencode

from payments.simulators.deliveries import Plan, Request
from payments.simulators.gateway.charges import Act, Charge, State
from payments.simulators.gateway.rail import Button, Call, Rail, json_answer
from payments.simulators.server import Answer
from payments.simulators.shop import Shop
from payments.simulators.zalopay import wire
from payments.simulators.zalopay.api import Api

PREFIX = "/v2/"
ORDER = 1
"""``type`` of a callback about an order."""


def judge(status: int, body: bytes) -> tuple[bool, str]:
    """Only return_code 1 ends it."""
    try:
        code = json.loads(body)["return_code"]
    except (ValueError, KeyError, TypeError):
        return False, "no return_code"
    return status == HTTPStatus.OK and code == 1, "" if code == 1 else f"return_code {code}"


class ZaloPay(Rail):
    name = "ZaloPay"
    theme = "zalopay"
    api = PREFIX
    paths = tuple(f"{PREFIX}{call}" for call in ("create", "query", "refund", "query_refund"))
    plan = Plan(minutes=(0, 1, 5, 15), judge=judge)
    """Tried again at most three times; how far apart is [UNCONFIRMED 2026-11]."""
    review_minutes = 10
    refund_seconds = 5 * 60
    """[UNCONFIRMED 2026-11]"""
    buttons = (
        Button(Act.PAY, "Trả tiền", "thành công, ZaloPay gọi lại chợ"),
        Button(Act.CANCEL, "Hủy thanh toán", "chưa trừ tiền, chợ không được báo"),
        Button(Act.EXPIRE, "Hết hạn", "mã -54, chưa trừ tiền, chợ không được báo"),
        Button(Act.INSUFFICIENT, "Ví không đủ tiền", "mã -63, chưa trừ tiền, chợ không được báo"),
        Button(Act.FRAUD, "Đang xử lý", "10 phút sau thành công"),
        Button(Act.BANK_ERROR, "Ngân hàng báo lỗi", "mã -217, chưa trừ tiền, chợ không được báo"),
    )

    def __init__(self, shop: Shop, *, app_id: int, key1: str, key2: str) -> None:
        super().__init__(shop, key2)
        self._app_id = app_id
        self._api = Api(self.book, app_id=app_id, key1=key1)

    def answer(self, call: Call) -> Answer:
        return json_answer(
            self._api.answer(call.path.removeprefix(PREFIX), call.body, kind=call.kind, own_url=call.own_url)
        )

    def notice(self, charge: Charge, *, amount: int, secret: str) -> Request | None:
        """For success only, to the order's callback_url or else to the address registered with ZaloPay."""
        url = charge.notify_url or self.shop.notify_url
        if charge.state is not State.PAID or not self.shop.owns(url):
            return None
        data = json.dumps(self._data(charge, amount), ensure_ascii=False, separators=(",", ":"))
        body = json.dumps({"data": data, "mac": wire.hashed(data, secret), "type": ORDER})
        headers = {"Content-Type": "application/json", "User-Agent": "ZaloPay-simulator"}
        return Request(url, body.encode(), headers)

    def return_url(self, charge: Charge) -> str:
        """[UNCONFIRMED 2026-11] what ``status`` says of anything but success; the shop may only look at it."""
        join = "&" if "?" in charge.return_url else "?"
        fields: dict[str, object] = {
            "appid": self._app_id,
            "apptransid": charge.reference,
            "pmcid": 38,
            "bankcode": "",
            "amount": charge.amount,
            "discountamount": 0,
            "status": 1 if charge.state is State.PAID else wire.CANCELLED,
        }
        checksum = wire.mac(list(fields.values()), self.secret)
        return charge.return_url + join + urlencode({**fields, "checksum": checksum})

    def _data(self, charge: Charge, amount: int) -> dict[str, object]:
        return {
            "app_id": self._app_id,
            "app_trans_id": charge.reference,
            "app_time": int(charge.fields["app_time"]),
            "app_user": charge.fields["app_user"],
            "amount": amount,
            "embed_data": charge.fields["embed_data"],
            "item": charge.fields["item"],
            "zp_trans_id": charge.number,
            "server_time": int(self.courier.clock.now() * 1000),
            "channel": 38,
            "merchant_user_id": "nguoi-mua-gia-lap",
            "user_fee_amount": 0,
            "discount_amount": 0,
        }

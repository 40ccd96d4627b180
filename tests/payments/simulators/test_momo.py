"""The MoMo simulator over HTTP. Signatures are computed here from the documents, checked on others' vectors."""

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.payments.simulators.gateways import control, only_charge, tap
from tests.payments.simulators.processes import Shop, opened, start
from tests.payments.vectors import vectors

PARTNER, ACCESS, SECRET = "TESTMOMO", "access of the tests", "momo of the tests"
API = "/v2/gateway/api"
SIGNED = {
    "create": "accessKey amount extraData ipnUrl orderId orderInfo partnerCode redirectUrl requestId requestType",
    "created": "accessKey amount orderId partnerCode payUrl requestId responseTime resultCode",
    "ipn": "accessKey amount extraData message orderId orderInfo orderType partnerCode payType requestId"
    " responseTime resultCode transId",
    "query": "accessKey orderId partnerCode requestId",
    "refund/query": "accessKey orderId partnerCode requestId",
    "confirm": "accessKey amount description orderId partnerCode requestId requestType",
    "refund": "accessKey amount description orderId partnerCode requestId transId",
}


@pytest.fixture
def momo(shop: Shop) -> Iterator[httpx.Client]:
    shop.usual = 204
    keys = {"MOMO_PARTNER_CODE": PARTNER, "MOMO_ACCESS_KEY": ACCESS, "MOMO_SECRET": SECRET}
    with opened(start("momo", "--port", "0", "--site", shop.site, **keys)) as client:
        yield client


def signature(fields: Mapping[str, Any], names: str, secret: str = SECRET, access: str = ACCESS) -> str:
    whole = {**fields, "accessKey": access}
    text = "&".join(f"{name}={whole[name]}" for name in SIGNED[names].split())
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).hexdigest()


def call(momo: httpx.Client, name: str, fields: Mapping[str, Any], **changes: Any) -> dict[str, Any]:
    body = {"partnerCode": PARTNER, "lang": "vi", **fields}
    body["signature"] = signature(body, name)
    answer: dict[str, Any] = momo.post(f"{API}/{name}", json={**body, **changes}).raise_for_status().json()
    return answer


def asked(shop: Shop, **changes: Any) -> dict[str, Any]:
    return {
        "requestId": "BPABCD2345",
        "orderId": "BPABCD2345",
        "amount": 150_000,
        "orderInfo": "Đơn hàng BPABCD2345",
        "redirectUrl": f"{shop.site}/don-hang/BP1/",
        "ipnUrl": f"{shop.site}/thanh-toan/momo/ipn",
        "requestType": "captureWallet",
        "extraData": "",
        **changes,
    }


def create(momo: httpx.Client, shop: Shop, **changes: Any) -> dict[str, Any]:
    return call(momo, "create", asked(shop, **changes))


def query(momo: httpx.Client, order: str = "BPABCD2345") -> dict[str, Any]:
    return call(momo, "query", {"requestId": "q", "orderId": order})


def refund(momo: httpx.Client, name: str, amount: int, **changes: Any) -> dict[str, Any]:
    transaction = int(only_charge(momo)["provider_reference"])
    fields = {"orderId": name, "requestId": name, "amount": amount, "transId": transaction, "description": ""}
    return call(momo, "refund", {**fields, **changes})


def told(shop: Shop) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(shop.received.get(timeout=5)[1])
    return report


def test_the_signatures_of_this_file_are_those_of_others() -> None:
    cases = {
        "create captureWallet": "create",
        "query request": "query",
        'confirm (capture), empty description keeps "description="': "confirm",
        "IPN body (field order per developers.momo.vn notification page)": "ipn",
        "create RESPONSE signature": "created",
    }
    for case, names in cases.items():
        inputs = vectors("momo")[case]["inputs"]
        made = signature(inputs, names, inputs["secretKey"], inputs["accessKey"])
        assert made == vectors("momo")[case]["expected"], case


def test_create_answers_a_signed_page_that_says_it_is_pretended(momo: httpx.Client, shop: Shop) -> None:
    answer = create(momo, shop)
    assert (answer["resultCode"], answer["amount"]) == (0, 150_000)
    assert answer["signature"] == signature(answer, "created")
    page = momo.get(answer["payUrl"])
    for words in ("MoMo", "giả lập", "150.000\u00a0₫", "Đơn hàng BPABCD2345", "Giữ tiền"):
        assert words in page.text
    assert query(momo)["resultCode"] == 1000


@pytest.mark.parametrize(
    ("act", "code", "state"),
    [
        ("pay", 0, "paid"),
        ("cancel", 1006, "cancelled"),
        ("expire", 1005, "expired"),
        ("insufficient", 1001, "insufficient"),
        ("authorize", 9000, "authorized"),
        ("reverse", 1003, "reversed"),
    ],
)
def test_every_button_is_reported_before_the_buyer_is_back(
    momo: httpx.Client, shop: Shop, act: str, code: int, state: str
) -> None:
    back = tap(momo, momo.get(create(momo, shop)["payUrl"]), act)
    report = told(shop)
    assert report["signature"] == signature(report, "ipn")
    assert (report["resultCode"], report["amount"], report["orderId"]) == (code, 150_000, "BPABCD2345")
    returned = dict(parse_qsl(urlsplit(back.headers["Location"]).query, keep_blank_values=True))
    assert returned.keys() == report.keys()
    assert returned["signature"] == signature(returned, "ipn")
    assert (only_charge(momo)["state"], query(momo)["resultCode"]) == (state, code)


def test_what_is_being_processed_succeeds_ten_minutes_later(momo: httpx.Client, shop: Shop) -> None:
    back = tap(momo, momo.get(create(momo, shop)["payUrl"]), "fraud")
    assert "resultCode=7002" in back.headers["Location"]
    assert (query(momo)["resultCode"], shop.received.empty()) == (7002, True)
    control(momo, "advance", minutes=10)
    assert (told(shop)["resultCode"], query(momo)["resultCode"]) == (0, 0)


@pytest.mark.parametrize(("act", "code"), [("reverse", 1003), ("pay", 0)])
def test_a_review_that_somebody_ends_is_told_of_once_and_as_it_ended(
    momo: httpx.Client, shop: Shop, act: str, code: int
) -> None:
    create(momo, shop)
    control(momo, "payments/BPABCD2345/fraud", notify="twice")
    control(momo, "advance", minutes=9)
    control(momo, f"payments/BPABCD2345/{act}")
    (delivery,) = control(momo, "advance", minutes=60)
    assert delivery["finished"]
    assert (told(shop)["resultCode"], query(momo)["resultCode"]) == (code, code)
    assert shop.received.empty()


def test_a_review_that_is_over_cannot_be_ended_otherwise(momo: httpx.Client, shop: Shop) -> None:
    create(momo, shop)
    control(momo, "payments/BPABCD2345/fraud", notify="late_days")
    control(momo, "advance", minutes=11)
    assert momo.post("/control/payments/BPABCD2345/reverse", json={}).status_code == 400
    control(momo, "advance", minutes=3 * 24 * 60)
    assert (told(shop)["resultCode"], query(momo)["resultCode"]) == (0, 0)


def test_an_answer_with_a_body_is_a_protocol_warning(momo: httpx.Client, shop: Shop) -> None:
    create(momo, shop)
    shop.answers.put(200)
    (delivery,) = control(momo, "payments/BPABCD2345/pay")
    assert delivery["delivered"] and "204" in delivery["attempts"][0]["error"]


def test_a_refused_report_is_repeated_and_given_up(momo: httpx.Client, shop: Shop) -> None:
    shop.usual = 500
    started = datetime.now(UTC).timestamp()
    create(momo, shop)
    control(momo, "payments/BPABCD2345/pay")
    for minutes in (1, 4, 10, 15, 60):
        (delivery,) = control(momo, "advance", minutes=minutes)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500] * 5
    assert [round((one["at"] - started) / 60) for one in delivery["attempts"]] == [0, 1, 5, 15, 30]
    assert delivery["finished"] and not delivery["delivered"]


def test_faults_of_reports(momo: httpx.Client, shop: Shop) -> None:
    for number, notify in enumerate(["lost", "twice", "wrong_signature", "reordered"]):
        create(momo, shop, orderId=f"BP{number}", requestId=f"BP{number}")
        control(momo, f"payments/BP{number}/pay", notify=notify)
    first, second, forged = told(shop), told(shop), told(shop)
    assert first == second and first["orderId"] == "BP1"
    assert forged["orderId"] == "BP2" and forged["signature"] != signature(forged, "ipn")
    create(momo, shop, orderId="BP4", requestId="BP4")
    control(momo, "payments/BP4/pay", notify={"wrong_amount": 99_000})
    wrong = told(shop)
    assert (wrong["amount"], wrong["signature"]) == (99_000, signature(wrong, "ipn"))
    control(momo, "advance", minutes=5)
    assert told(shop)["orderId"] == "BP3"


def test_a_report_three_days_late(momo: httpx.Client, shop: Shop) -> None:
    create(momo, shop)
    control(momo, "payments/BPABCD2345/pay", notify="late_days")
    control(momo, "advance", minutes=3 * 24 * 60 - 1)
    assert shop.received.empty()
    control(momo, "advance", minutes=1)
    assert told(shop)["resultCode"] == 0


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"amount": 999}, 22),
        ({"amount": 50_000_001}, 22),
        ({"amount": "1e6"}, 20),
        ({"orderId": "-BP"}, 20),
        ({"autoCapture": "yes"}, 20),
        ({"ipnUrl": "http://shop.test/ipn?secret=1"}, 20),
    ],
)
def test_a_wrong_request_is_refused(
    momo: httpx.Client, shop: Shop, changes: dict[str, Any], code: int
) -> None:
    assert create(momo, shop, **changes)["resultCode"] == code
    assert momo.get("/control/charges").json()["charges"] == []


def test_a_wrong_signature_or_partner_is_refused(momo: httpx.Client, shop: Shop) -> None:
    assert call(momo, "create", asked(shop), amount=1_000)["resultCode"] == 13
    assert call(momo, "create", asked(shop), signature="0" * 64)["resultCode"] == 13
    assert call(momo, "create", asked(shop, partnerCode="OTHER"))["resultCode"] == 13
    assert call(momo, "query", {"requestId": "q", "orderId": "X"})["resultCode"] == 42


def test_a_repeated_request_is_answered_again_and_a_used_id_is_refused(
    momo: httpx.Client, shop: Shop
) -> None:
    first = create(momo, shop)
    assert create(momo, shop)["payUrl"] == first["payUrl"]
    assert create(momo, shop, requestId="another")["resultCode"] == 41
    assert create(momo, shop, orderId="another")["resultCode"] == 40
    assert len(momo.get("/control/charges").json()["charges"]) == 1


def test_what_was_set_aside_is_captured_or_let_go(momo: httpx.Client, shop: Shop) -> None:
    fields = {"requestId": "c", "orderId": "BPABCD2345", "amount": 150_000, "description": ""}
    create(momo, shop, autoCapture=False)
    assert call(momo, "confirm", {**fields, "requestType": "capture"})["resultCode"] == 42
    control(momo, "payments/BPABCD2345/pay")
    control(momo, "advance", minutes=60)
    assert query(momo)["resultCode"] == 9000
    assert refund(momo, "R1", 150_000)["resultCode"] == 1088
    assert call(momo, "confirm", {**fields, "requestType": "capture", "amount": 1_000})["resultCode"] == 22
    assert call(momo, "confirm", {**fields, "requestType": "capture"})["resultCode"] == 0
    assert [told(shop)["resultCode"] for _ in range(2)] == [9000, 0]
    create(momo, shop, orderId="B2", requestId="B2", autoCapture=False)
    control(momo, "payments/B2/authorize")
    call(momo, "confirm", {**fields, "orderId": "B2", "requestType": "cancel"})
    assert query(momo, "B2")["resultCode"] == 1003


def test_momo_captures_by_itself_what_it_has_set_aside_unless_it_lets_it_go(
    momo: httpx.Client, shop: Shop
) -> None:
    fields = {"requestId": "c", "orderId": "BPABCD2345", "amount": 150_000, "description": ""}
    create(momo, shop, autoCapture=True)
    control(momo, "payments/BPABCD2345/authorize")
    assert call(momo, "confirm", {**fields, "requestType": "capture"})["resultCode"] == 42
    control(momo, "advance", minutes=9)
    assert (query(momo)["resultCode"], refund(momo, "R1", 150_000)["resultCode"]) == (9000, 1088)
    control(momo, "advance", minutes=1)
    assert ([told(shop)["resultCode"] for _ in range(2)], query(momo)["resultCode"]) == ([9000, 0], 0)
    create(momo, shop, orderId="B2", requestId="B2")
    control(momo, "payments/B2/authorize")
    control(momo, "payments/B2/reverse")
    control(momo, "advance", minutes=60)
    assert [told(shop)["resultCode"] for _ in range(2)] == [9000, 1003]
    assert (query(momo, "B2")["resultCode"], shop.received.empty()) == (1003, True)


def test_refunds_have_limits(momo: httpx.Client, shop: Shop) -> None:
    create(momo, shop)
    assert refund(momo, "R0", 50_000)["resultCode"] == 1088
    control(momo, "payments/BPABCD2345/pay")
    assert refund(momo, "R1", 50_000)["resultCode"] == 0
    codes = [
        refund(momo, "R1", 50_000),  # the same request: the same answer, and no second refund
        refund(momo, "R1", 60_000),
        refund(momo, "R1", 50_000, requestId="other"),
        refund(momo, "BPABCD2345", 50_000, requestId="new"),
        refund(momo, "R2", 100_001),
        refund(momo, "R3", 999),
        refund(momo, "R4", 50_000, transId=1),
        refund(momo, "R5", 100_000),
        refund(momo, "R6", 1_000),
    ]
    assert [one["resultCode"] for one in codes] == [0, 40, 41, 41, 1081, 22, 42, 0, 1081]
    assert [one["amount"] for one in query(momo)["refundTrans"]] == [50_000, 100_000]


def test_a_refund_can_be_asked_after(momo: httpx.Client, shop: Shop) -> None:
    create(momo, shop)
    control(momo, "payments/BPABCD2345/pay")
    refund(momo, "R1", 50_000)
    for status, code in (("succeeded", 0), ("pending", 7002), ("failed", 1080)):
        control(momo, f"refunds/R1/{status}")
        answer = call(momo, "refund/query", {"requestId": status, "orderId": "R1"})
        assert (answer["resultCode"], answer["amount"]) == (code, 50_000)
    assert call(momo, "refund/query", {"requestId": "x", "orderId": "R9"})["resultCode"] == 42


def test_an_answer_lost_after_the_refund_is_given_again(momo: httpx.Client, shop: Shop) -> None:
    create(momo, shop)
    control(momo, "payments/BPABCD2345/pay")
    momo.post(
        "/control/faults", json={"answer": "lost_after_charge", "path": f"{API}/refund"}
    ).raise_for_status()
    with pytest.raises(httpx.RemoteProtocolError):
        refund(momo, "R1", 150_000)
    assert refund(momo, "R1", 150_000)["resultCode"] == 0
    assert len(only_charge(momo)["refunds"]) == 1


def test_only_the_shop_is_told_and_returned_to(momo: httpx.Client, shop: Shop) -> None:
    answer = create(momo, shop, ipnUrl="http://127.0.0.1:9/ipn", redirectUrl="https://elsewhere.test/")
    back = tap(momo, momo.get(answer["payUrl"]), "pay")
    assert back.headers["Location"].startswith("/pay/")
    assert momo.get("/control/deliveries").json()["deliveries"] == []

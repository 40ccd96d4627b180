"""The VNPAY simulator over HTTP. Hashes are computed here from the documents, checked on others' vectors."""

import hashlib
import hmac
import json
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import httpx
import pytest

from tests.payments.simulators.gateways import control, only_charge, tap
from tests.payments.simulators.processes import Shop, opened, start
from tests.payments.vectors import vectors

TMN, SECRET = "TESTdemo", "vnpay of the tests"
_SENT = "RequestId Version Command TmnCode"
QUERY = f"{_SENT} TxnRef TransactionDate CreateDate IpAddr OrderInfo".split()
_OF_REFUND = (
    "TransactionType TxnRef Amount TransactionNo TransactionDate CreateBy CreateDate IpAddr OrderInfo"
)
REFUND = f"{_SENT} {_OF_REFUND}".split()
_SAID = (
    "ResponseId Command ResponseCode Message TmnCode TxnRef Amount BankCode PayDate TransactionNo "
    "TransactionType TransactionStatus OrderInfo"
)
ANSWER = _SAID.split()


@pytest.fixture
def vnpay(shop: Shop) -> Iterator[httpx.Client]:
    shop.body = b'{"RspCode": "00", "Message": "Confirm Success"}'
    process = start(
        "vnpay",
        *("--port", "0", "--site", shop.site, "--notify", f"{shop.site}/thanh-toan/vnpay/ipn"),
        VNPAY_TMN_CODE=TMN,
        VNPAY_SECRET=SECRET,
    )
    with opened(process) as client:
        yield client


def sha512(text: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha512).hexdigest()


def canonical(fields: dict[str, str]) -> str:
    kept = {name: value for name, value in fields.items() if not name.startswith("vnp_SecureHash")}
    return "&".join(f"{quote_plus(name)}={quote_plus(kept[name])}" for name in sorted(kept))


def hanoi(minutes: float = 0) -> str:
    return (datetime.now(UTC) + timedelta(hours=7, minutes=minutes)).strftime("%Y%m%d%H%M%S")


def asked(shop: Shop, **changes: str) -> dict[str, str]:
    fields = {
        "vnp_Version": "2.1.0",
        "vnp_Command": "pay",
        "vnp_TmnCode": TMN,
        "vnp_Amount": "15000000",
        "vnp_CurrCode": "VND",
        "vnp_TxnRef": "BPABCD2345",
        "vnp_OrderInfo": "Thanh toan BPABCD2345",
        "vnp_OrderType": "other",
        "vnp_Locale": "vn",
        "vnp_ReturnUrl": f"{shop.site}/don-hang/BP1/",
        "vnp_IpAddr": "127.0.0.1",
        "vnp_CreateDate": hanoi(),
        "vnp_ExpireDate": hanoi(15),
        **changes,
    }
    return {name: value for name, value in fields.items() if value}


def arrive(vnpay: httpx.Client, fields: dict[str, str], *, secret: str = SECRET) -> httpx.Response:
    signed = {**fields, "vnp_SecureHash": sha512(canonical(fields), secret)}
    return vnpay.get(f"/paymentv2/vpcpay.html?{urlencode(signed)}", follow_redirects=True)


def told(shop: Shop) -> dict[str, str]:
    return dict(parse_qsl(shop.received.get(timeout=5)[1].decode()))


def ask(vnpay: httpx.Client, command: str, fields: dict[str, str], **changes: str) -> dict[str, Any]:
    """querydr or refund about the payment of ``fields``; the answer's hash is checked."""
    names = QUERY if command == "querydr" else REFUND
    body = {
        "RequestId": uuid.uuid4().hex,
        "Version": "2.1.0",
        "Command": command,
        "TmnCode": TMN,
        "TxnRef": fields["vnp_TxnRef"],
        "TransactionDate": fields["vnp_CreateDate"],
        "CreateDate": hanoi(),
        "CreateBy": "test",
        "IpAddr": "127.0.0.1",
        "OrderInfo": "hoi VNPAY",
        "TransactionNo": "0",
        **changes,
    }
    body.setdefault("SecureHash", sha512("|".join(body[name] for name in names)))
    answer: dict[str, Any] = vnpay.post(
        "/merchant_webapi/api/transaction", json={f"vnp_{name}": value for name, value in body.items()}
    ).json()
    order = ANSWER if command == "refund" else [*ANSWER, "PromotionCode", "PromotionAmount"]
    assert answer["vnp_SecureHash"] == sha512("|".join(answer.get(f"vnp_{name}", "") for name in order))
    return answer


def refund(vnpay: httpx.Client, fields: dict[str, str], amount: int, **changes: str) -> dict[str, Any]:
    kind = "02" if amount == 150_000 else "03"
    wanted = {"TransactionType": kind, "Amount": str(amount * 100)}
    return ask(vnpay, "refund", fields, **{**wanted, **changes})


def test_the_hashes_of_this_file_are_those_of_others() -> None:
    ipn = vectors("vnpay")["IPN success (base for negatives)"]
    fields = {name: str(value) for name, value in ipn["inputs"].items() if name != "secret"}
    assert sha512(canonical(fields), ipn["inputs"]["secret"]) == ipn["expected"]
    query = vectors("vnpay")["querydr request"]
    values = [str(query["inputs"][f"vnp_{name}"]) for name in QUERY]
    assert sha512("|".join(values), query["inputs"]["secret"]) == query["expected"]


def test_the_page_shows_what_is_to_be_paid_and_says_that_it_is_pretended(
    vnpay: httpx.Client, shop: Shop
) -> None:
    page = arrive(vnpay, asked(shop))
    for words in ("VNPAY", "giả lập", "150.000\u00a0₫", "Thanh toan BPABCD2345", "Hủy giao dịch"):
        assert words in page.text
    assert f'href="{shop.site}/don-hang/BP1/"' in page.text
    assert "style=" not in page.text and "<script" not in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("act", "code", "status", "state"),
    [
        ("pay", "00", "00", "paid"),
        ("cancel", "24", "02", "cancelled"),
        ("expire", "11", "02", "expired"),
        ("insufficient", "51", "02", "insufficient"),
        ("fraud", "07", "07", "held"),
        ("reverse", "00", "04", "reversed"),
    ],
)
def test_every_button_is_reported_before_the_buyer_is_back(
    vnpay: httpx.Client, shop: Shop, act: str, code: str, status: str, state: str
) -> None:
    fields = asked(shop)
    back = tap(vnpay, arrive(vnpay, fields), act)
    report = told(shop)
    assert report["vnp_SecureHash"] == sha512(canonical(report))
    assert (report["vnp_ResponseCode"], report["vnp_TransactionStatus"]) == (code, status)
    assert (report["vnp_Amount"], report["vnp_TxnRef"]) == ("15000000", "BPABCD2345")
    assert back.headers["Location"].startswith(fields["vnp_ReturnUrl"] + "?")
    assert dict(parse_qsl(urlsplit(back.headers["Location"]).query)) == report
    assert only_charge(vnpay)["state"] == state
    assert ask(vnpay, "querydr", fields)["vnp_TransactionStatus"] == status


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"vnp_TmnCode": "OTHERone"}, "03"),
        ({"vnp_Amount": "15000050"}, "03"),
        ({"vnp_Amount": "150000"}, "03"),
        ({"vnp_CurrCode": "USD"}, "03"),
        ({"vnp_OrderInfo": "Hạt điều"}, "03"),
        ({"vnp_ExpireDate": ""}, "03"),
        ({"vnp_CreateDate": "20261399000000"}, "03"),
        ({"vnp_SecureHashType": "HMACSHA512"}, "03"),
        ({"vnp_CreateDate": hanoi(-7 * 60), "vnp_ExpireDate": hanoi(-7 * 60 + 15)}, "15"),  # written in UTC
        ({"vnp_CreateDate": hanoi(180), "vnp_ExpireDate": hanoi(200)}, "03"),
    ],
)
def test_a_wrong_request_gets_an_error_page(
    vnpay: httpx.Client, shop: Shop, changes: dict[str, str], code: str
) -> None:
    page = arrive(vnpay, asked(shop, **changes))
    assert (page.status_code, f"mã {code}" in page.text) == (400, True)
    assert vnpay.get("/control/charges").json()["charges"] == []


def test_a_wrong_hash_and_a_used_reference_get_an_error_page(vnpay: httpx.Client, shop: Shop) -> None:
    assert "mã 70" in arrive(vnpay, asked(shop), secret="other").text
    arrive(vnpay, asked(shop))
    assert "mã 01" in arrive(vnpay, asked(shop)).text


def test_a_report_is_repeated_ten_times_until_00_or_02(vnpay: httpx.Client, shop: Shop) -> None:
    shop.body = b'{"RspCode": "01"}'
    started = datetime.now(UTC).timestamp()
    tap(vnpay, arrive(vnpay, asked(shop)), "pay")
    for _ in range(12):
        (delivery,) = control(vnpay, "advance", minutes=5)
    assert [round((one["at"] - started) / 60) for one in delivery["attempts"]] == list(range(0, 50, 5))
    assert delivery["finished"] and not delivery["delivered"]


@pytest.mark.parametrize("code", ["00", "02"])
def test_00_and_02_end_the_report(vnpay: httpx.Client, shop: Shop, code: str) -> None:
    shop.answers.put(500)
    shop.body = json.dumps({"RspCode": code}).encode()
    tap(vnpay, arrive(vnpay, asked(shop)), "pay")
    (delivery,) = control(vnpay, "advance", minutes=60)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500, 200]
    assert delivery["delivered"]


def test_faults_of_reports(vnpay: httpx.Client, shop: Shop) -> None:
    for number, notify in enumerate(["lost", "twice", "wrong_signature", "reordered"]):
        arrive(vnpay, asked(shop, vnp_TxnRef=f"BP{number}"))
        control(vnpay, f"payments/BP{number}/pay", notify=notify)
    first, second, forged = told(shop), told(shop), told(shop)
    assert first["vnp_TxnRef"] == second["vnp_TxnRef"] == "BP1"
    assert forged["vnp_TxnRef"] == "BP2" and forged["vnp_SecureHash"] != sha512(canonical(forged))
    arrive(vnpay, asked(shop, vnp_TxnRef="BP4"))
    control(vnpay, "payments/BP4/pay", notify={"wrong_amount": 99_000})
    wrong = told(shop)
    assert wrong["vnp_Amount"] == "9900000" and wrong["vnp_SecureHash"] == sha512(canonical(wrong))
    control(vnpay, "advance", minutes=5)
    assert told(shop)["vnp_TxnRef"] == "BP3"
    assert {charge["state"] for charge in vnpay.get("/control/charges").json()["charges"]} == {"paid"}


def test_a_report_three_days_late_still_says_the_truth(vnpay: httpx.Client, shop: Shop) -> None:
    arrive(vnpay, asked(shop))
    control(vnpay, "payments/BPABCD2345/pay", notify={"late_days": 3})
    control(vnpay, "advance", minutes=3 * 24 * 60 - 1)
    assert shop.received.empty()
    control(vnpay, "advance", minutes=1)
    assert told(shop)["vnp_ResponseCode"] == "00"


def test_what_nobody_pays_runs_out_and_only_a_query_tells(vnpay: httpx.Client, shop: Shop) -> None:
    fields = asked(shop)
    page = arrive(vnpay, fields)
    assert ask(vnpay, "querydr", fields)["vnp_TransactionStatus"] == "01"
    control(vnpay, "advance", minutes=16)
    assert ask(vnpay, "querydr", fields)["vnp_TransactionStatus"] == "02"
    assert "Đã hết hạn" in vnpay.get(page.url.path).text
    assert shop.received.empty()


def test_a_held_payment_is_released_by_order(vnpay: httpx.Client, shop: Shop) -> None:
    arrive(vnpay, asked(shop))
    control(vnpay, "payments/BPABCD2345/fraud")
    control(vnpay, "payments/BPABCD2345/pay")
    assert [told(shop)["vnp_TransactionStatus"] for _ in range(2)] == ["07", "00"]
    answer = vnpay.post("/control/payments/BPABCD2345/cancel", json={})
    assert (answer.status_code, answer.json()["error"]) == (400, "BPABCD2345 is paid")


def test_questions_are_refused_by_code(vnpay: httpx.Client, shop: Shop) -> None:
    fields = asked(shop)
    assert ask(vnpay, "querydr", fields)["vnp_ResponseCode"] == "91"
    arrive(vnpay, fields)
    codes = [
        ask(vnpay, "querydr", fields, SecureHash="0" * 128)["vnp_ResponseCode"],
        ask(vnpay, "querydr", fields, TmnCode="OTHERone")["vnp_ResponseCode"],
        ask(vnpay, "querydr", fields, IpAddr="")["vnp_ResponseCode"],
        ask(vnpay, "querydr", fields, TransactionDate=hanoi(-60))["vnp_ResponseCode"],
        ask(vnpay, "querydr", fields, RequestId="R1")["vnp_ResponseCode"],
        ask(vnpay, "querydr", fields, RequestId="R1")["vnp_ResponseCode"],
    ]
    assert codes == ["97", "02", "03", "91", "00", "94"]


def test_refunds_have_limits_and_take_their_time(vnpay: httpx.Client, shop: Shop) -> None:
    fields = asked(shop)
    arrive(vnpay, fields)
    assert refund(vnpay, fields, 50_000)["vnp_ResponseCode"] == "95"
    control(vnpay, "payments/BPABCD2345/pay")
    part = refund(vnpay, fields, 50_000, RequestId="K1")
    assert (part["vnp_ResponseCode"], part["vnp_TransactionStatus"]) == ("00", "05")
    assert part["vnp_Amount"] == "5000000"
    codes = [
        refund(vnpay, fields, 50_000, RequestId="K1"),
        refund(vnpay, fields, 100_001),
        refund(vnpay, fields, 50_000, TransactionType="02"),
        refund(vnpay, fields, 50_000, TransactionNo="123"),
        refund(vnpay, fields, 100_000),
        refund(vnpay, fields, 150_000),
    ]
    assert [one["vnp_ResponseCode"] for one in codes] == ["94", "99", "03", "91", "00", "94"]
    control(vnpay, "advance", minutes=11)
    done = ask(vnpay, "querydr", fields, TransactionNo=part["vnp_TransactionNo"])
    assert (done["vnp_TransactionType"], done["vnp_TransactionStatus"]) == ("03", "06")
    assert sum(one["amount"] for one in only_charge(vnpay)["refunds"]) == 150_000


def test_a_refund_that_fails_can_be_asked_for_again(vnpay: httpx.Client, shop: Shop) -> None:
    fields = asked(shop)
    arrive(vnpay, fields)
    control(vnpay, "payments/BPABCD2345/pay")
    refund(vnpay, fields, 150_000, RequestId="K1")
    control(vnpay, "refunds/K1/failed")
    assert ask(vnpay, "querydr", fields)["vnp_TransactionStatus"] == "09"
    assert refund(vnpay, fields, 150_000, RequestId="K2")["vnp_ResponseCode"] == "00"


def test_answers_go_wrong_as_ordered(vnpay: httpx.Client, shop: Shop) -> None:
    fields = asked(shop)
    arrive(vnpay, fields)
    control(vnpay, "payments/BPABCD2345/pay")
    api = "/merchant_webapi/api/transaction"
    vnpay.post("/control/faults", json={"answer": "500", "times": 2}).raise_for_status()
    assert [vnpay.post(api, json={}).status_code for _ in range(3)] == [500, 500, 200]
    control(vnpay, "faults", answer="html")
    assert vnpay.post(api, json={}).headers["Content-Type"].startswith("text/html")
    control(vnpay, "faults", answer="half")
    with pytest.raises(ValueError, match="Unterminated|Expecting"):
        ask(vnpay, "querydr", fields)
    control(vnpay, "faults", answer="slow")
    with pytest.raises(httpx.ReadTimeout):
        vnpay.post(api, json={}, timeout=0.5)
    control(vnpay, "faults", answer="lost_after_charge")
    with pytest.raises(httpx.RemoteProtocolError):
        refund(vnpay, fields, 150_000, RequestId="K1")
    assert refund(vnpay, fields, 150_000, RequestId="K1")["vnp_ResponseCode"] == "94"
    assert len(only_charge(vnpay)["refunds"]) == 1


def test_buyers_are_sent_to_no_other_site(vnpay: httpx.Client, shop: Shop) -> None:
    page = arrive(vnpay, asked(shop, vnp_ReturnUrl="https://elsewhere.test/"))
    assert tap(vnpay, page, "pay").headers["Location"] == page.url.path


def test_senseless_orders_are_refused(vnpay: httpx.Client, shop: Shop) -> None:
    arrive(vnpay, asked(shop))
    for path, order in (
        ("payments/BPABCD2345/steal", {}),
        ("payments/BPNOBODY00/pay", {}),
        ("payments/BPABCD2345/pay", {"notify": "by pigeon"}),
        ("faults", {"answer": "rude"}),
        ("nowhere", {}),
    ):
        assert vnpay.post(f"/control/{path}", json=order).status_code == 400
    assert vnpay.post("/control/advance", content='{"minutes": 1}').status_code == 404

"""The ZaloPay simulator over HTTP. MACs are computed here from the documents, checked on others' vectors."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.payments.simulators.gateways import control, only_charge, tap
from tests.payments.simulators.processes import Shop, opened, start
from tests.payments.vectors import vectors

APP, KEY1, KEY2 = 2554, "key1 of the tests", "key2 of the tests"
CREATE = "app_id app_trans_id app_user amount app_time embed_data item"
REFUND = "app_id zp_trans_id amount description timestamp"


@pytest.fixture
def zalopay(shop: Shop) -> Iterator[httpx.Client]:
    shop.body = b'{"return_code": 1, "return_message": "success"}'
    keys = {"ZALOPAY_APP_ID": str(APP), "ZALOPAY_KEY1": KEY1, "ZALOPAY_KEY2": KEY2}
    with opened(start("zalopay", "--port", "0", "--site", shop.site, **keys)) as client:
        yield client


def sha256(text: str, key: str) -> str:
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def mac(fields: dict[str, Any], names: str, *more: str, key: str = KEY1) -> str:
    return sha256("|".join([*(str(fields[name]) for name in names.split()), *more]), key)


def today(days: int = 0) -> str:
    return (datetime.now(UTC) + timedelta(hours=7, days=days)).strftime("%y%m%d")


def create(zalopay: httpx.Client, shop: Shop, **changes: Any) -> dict[str, Any]:
    fields = {
        "app_id": APP,
        "app_user": "nguoi-mua",
        "app_trans_id": f"{today()}_BPABCD2345",
        "app_time": int(time.time() * 1000),
        "amount": 150_000,
        "item": "[]",
        "embed_data": json.dumps({"redirecturl": f"{shop.site}/don-hang/BP1/"}),
        "description": "Đơn hàng BPABCD2345",
        "callback_url": f"{shop.site}/thanh-toan/zalopay/ipn",
        **changes,
    }
    fields.setdefault("mac", mac(fields, CREATE))
    return post(zalopay, "create", fields)


def post(zalopay: httpx.Client, call: str, fields: dict[str, Any], *, form: bool = False) -> dict[str, Any]:
    sent: dict[str, Any] = {"data": fields} if form else {"json": fields}
    answer = zalopay.post(f"/v2/{call}", **sent)
    assert answer.status_code == 200
    said: dict[str, Any] = answer.json()
    return said


def query(zalopay: httpx.Client, name: str = "") -> dict[str, Any]:
    fields = {"app_id": APP, "app_trans_id": name or f"{today()}_BPABCD2345"}
    return post(zalopay, "query", {**fields, "mac": mac(fields, "app_id app_trans_id", KEY1)})


def refund(zalopay: httpx.Client, name: str, amount: int, **changes: Any) -> dict[str, Any]:
    fields = {
        "m_refund_id": f"{today()}_{APP}_{name}",
        "app_id": APP,
        "zp_trans_id": only_charge(zalopay)["provider_reference"],
        "amount": amount,
        "timestamp": int(time.time() * 1000),
        "description": "hoàn tiền",
        **changes,
    }
    return post(zalopay, "refund", {**fields, "mac": mac(fields, REFUND)}, form=True)


def query_refund(zalopay: httpx.Client, name: str) -> dict[str, Any]:
    stamp = int(time.time() * 1000)
    fields = {"app_id": APP, "m_refund_id": f"{today()}_{APP}_{name}", "timestamp": stamp}
    signed = mac(fields, "app_id m_refund_id timestamp")
    return post(zalopay, "query_refund", {**fields, "mac": signed}, form=True)


def told(shop: Shop) -> dict[str, Any]:
    """What a callback says, once its MAC is checked."""
    body = json.loads(shop.received.get(timeout=5)[1])
    assert body["mac"] == sha256(body["data"], KEY2)
    data: dict[str, Any] = json.loads(body["data"])
    return data


def test_the_macs_of_this_file_are_those_of_others() -> None:
    known = vectors("zalopay")
    create, query = known["create"], known["query (key1 is part of the signed text)"]
    after = known["query_refund"]
    key = create["inputs"]["key1"]
    assert mac(create["inputs"], CREATE, key=key) == create["expected"]
    assert mac(query["inputs"], "app_id app_trans_id", key, key=key) == query["expected"]
    assert mac(after["inputs"], "app_id m_refund_id timestamp", key=key) == after["expected"]


@pytest.mark.parametrize("form", [True, False])
def test_create_takes_a_form_or_json_and_answers_a_page(
    zalopay: httpx.Client, shop: Shop, form: bool
) -> None:
    fields = {
        "app_id": APP,
        "app_user": "nguoi-mua",
        "app_trans_id": f"{today()}_BP1",
        "app_time": int(time.time() * 1000),
        "amount": 150_000,
        "item": "[]",
        "embed_data": "{}",
        "description": "Đơn hàng BP1",
    }
    answer = post(zalopay, "create", {**fields, "mac": mac(fields, CREATE)}, form=form)
    assert (answer["return_code"], answer["sub_return_code"]) == (1, 1)
    page = zalopay.get(answer["order_url"])
    for words in ("ZaloPay", "giả lập", "150.000\u00a0₫", "Đơn hàng BP1", "Ví không đủ tiền"):
        assert words in page.text
    assert query(zalopay, fields["app_trans_id"])["return_code"] == 3


def test_success_is_called_back_before_the_buyer_is_back(zalopay: httpx.Client, shop: Shop) -> None:
    back = tap(zalopay, zalopay.get(create(zalopay, shop)["order_url"]), "pay")
    report = told(shop)
    assert (report["amount"], report["app_trans_id"]) == (150_000, f"{today()}_BPABCD2345")
    returned = dict(parse_qsl(urlsplit(back.headers["Location"]).query, keep_blank_values=True))
    names = "appid apptransid pmcid bankcode amount discountamount status"
    assert returned["status"] == "1"
    assert returned["checksum"] == mac(returned, names, key=KEY2)
    asked = query(zalopay)
    assert (asked["return_code"], asked["zp_trans_id"]) == (1, report["zp_trans_id"])


@pytest.mark.parametrize(
    ("act", "sub", "state"),
    [
        ("cancel", -49, "cancelled"),
        ("expire", -54, "expired"),
        ("insufficient", -63, "insufficient"),
        ("bank_error", -217, "bank_error"),
    ],
)
def test_failure_is_told_to_nobody_and_found_by_a_query(
    zalopay: httpx.Client, shop: Shop, act: str, sub: int, state: str
) -> None:
    back = tap(zalopay, zalopay.get(create(zalopay, shop)["order_url"]), act)
    assert "status=-49" in back.headers["Location"]
    answer = query(zalopay)
    assert (answer["return_code"], answer["sub_return_code"]) == (2, sub)
    assert only_charge(zalopay)["state"] == state
    assert shop.received.empty()


def test_an_error_of_the_bank_is_no_money_that_comes_back(zalopay: httpx.Client, shop: Shop) -> None:
    page = zalopay.get(create(zalopay, shop)["order_url"])
    assert "mã -217, chưa trừ tiền" in page.text and 'value="reverse"' not in page.text
    tap(zalopay, page, "bank_error")
    end = zalopay.get(str(page.url)).text
    assert "Ngân hàng báo lỗi" in end and "chưa bị trừ tiền" in end and "hoàn" not in end


def test_what_is_being_processed_succeeds_ten_minutes_later(zalopay: httpx.Client, shop: Shop) -> None:
    create(zalopay, shop)
    control(zalopay, "payments/BPABCD2345/fraud")
    assert (query(zalopay)["return_code"], query(zalopay)["is_processing"]) == (3, True)
    assert shop.received.empty()
    control(zalopay, "advance", minutes=10)
    assert (told(shop)["amount"], query(zalopay)["return_code"]) == (150_000, 1)


def test_what_is_given_back_while_it_is_processed_is_never_called_a_success(
    zalopay: httpx.Client, shop: Shop
) -> None:
    create(zalopay, shop)
    control(zalopay, "payments/BPABCD2345/fraud")
    control(zalopay, "payments/BPABCD2345/reverse")
    assert control(zalopay, "advance", minutes=60) == []
    assert (shop.received.empty(), query(zalopay)["sub_return_code"]) == (True, -217)


def test_an_order_lives_for_fifteen_minutes(zalopay: httpx.Client, shop: Shop) -> None:
    create(zalopay, shop)
    control(zalopay, "advance", minutes=14)
    assert query(zalopay)["return_code"] == 3
    control(zalopay, "advance", minutes=2)
    assert query(zalopay)["sub_return_code"] == -54


@pytest.mark.parametrize("answer", [b'{"return_code": -1}', b'{"return_code": 2}', b"thanks"])
def test_only_return_code_1_ends_a_callback(zalopay: httpx.Client, shop: Shop, answer: bytes) -> None:
    shop.body = answer
    create(zalopay, shop)
    started = datetime.now(UTC).timestamp()
    control(zalopay, "payments/BPABCD2345/pay")
    for minutes in (1, 4, 10, 60):
        (delivery,) = control(zalopay, "advance", minutes=minutes)
    assert [round((one["at"] - started) / 60) for one in delivery["attempts"]] == [0, 1, 5, 15]
    assert delivery["finished"] and not delivery["delivered"]


def test_faults_of_callbacks(zalopay: httpx.Client, shop: Shop) -> None:
    for number, notify in enumerate(["lost", "twice", "wrong_signature", "reordered"]):
        create(zalopay, shop, app_trans_id=f"{today()}_BP{number}")
        control(zalopay, f"payments/BP{number}/pay", notify=notify)
    first, second = told(shop), told(shop)
    assert first == second and first["app_trans_id"].endswith("_BP1")
    forged = json.loads(shop.received.get(timeout=5)[1])
    assert forged["mac"] != sha256(forged["data"], KEY2)
    create(zalopay, shop, app_trans_id=f"{today()}_BP4")
    control(zalopay, "payments/BP4/pay", notify={"wrong_amount": 99_000})
    assert told(shop)["amount"] == 99_000
    control(zalopay, "advance", minutes=5)
    assert told(shop)["app_trans_id"].endswith("_BP3")


def test_a_callback_three_days_late(zalopay: httpx.Client, shop: Shop) -> None:
    create(zalopay, shop)
    control(zalopay, "payments/BPABCD2345/pay", notify={"late_days": 3})
    control(zalopay, "advance", minutes=3 * 24 * 60 - 1)
    assert shop.received.empty()
    control(zalopay, "advance", minutes=1)
    assert told(shop)["amount"] == 150_000


@pytest.mark.parametrize(
    ("changes", "sub"),
    [
        ({"mac": "0" * 64}, -402),
        ({"app_id": 1}, -402),
        ({"amount": 0}, -401),
        ({"item": "apples"}, -401),
        ({"embed_data": "[]"}, -401),
        ({"description": ""}, -401),
        ({"app_trans_id": "BPABCD2345"}, -401),
        ({"app_trans_id": f"{today(-2)}_BPABCD2345"}, -401),
        ({"app_time": int((time.time() - 16 * 60) * 1000)}, -401),
        ({"expire_duration_seconds": 299}, -401),
    ],
)
def test_a_wrong_request_is_refused(
    zalopay: httpx.Client, shop: Shop, changes: dict[str, Any], sub: int
) -> None:
    answer = create(zalopay, shop, **changes)
    assert (answer["return_code"], answer["sub_return_code"]) == (2, sub)
    assert zalopay.get("/control/charges").json()["charges"] == []


def test_a_used_reference_and_an_unknown_one(zalopay: httpx.Client, shop: Shop) -> None:
    create(zalopay, shop)
    assert create(zalopay, shop)["sub_return_code"] == -68
    assert query(zalopay, f"{today()}_NOBODY")["sub_return_code"] == -101
    fields = {"app_id": APP, "app_trans_id": f"{today()}_BPABCD2345"}
    signed = {**fields, "mac": mac(fields, "app_id app_trans_id")}  # without key1 in the text
    assert post(zalopay, "query", signed)["sub_return_code"] == -402


def test_refunds_have_limits_and_take_their_time(zalopay: httpx.Client, shop: Shop) -> None:
    create(zalopay, shop)
    assert refund(zalopay, "R0", 50_000)["sub_return_code"] == -101
    control(zalopay, "payments/BPABCD2345/pay")
    assert refund(zalopay, "R1", 50_000)["return_code"] == 3
    subs = [
        refund(zalopay, "R1", 50_000),
        refund(zalopay, "R2", 100_001),
        refund(zalopay, "R3", 50_000, m_refund_id="R3"),
        refund(zalopay, "R4", 50_000, zp_trans_id=1),
        refund(zalopay, "R5", 100_000),
        refund(zalopay, "R6", 1),
    ]
    assert [one["sub_return_code"] for one in subs] == [-68, -401, -401, -101, 0, -401]
    assert query_refund(zalopay, "R1")["return_code"] == 3
    control(zalopay, "advance", minutes=6)
    assert query_refund(zalopay, "R1")["return_code"] == 1
    assert query_refund(zalopay, "R9")["sub_return_code"] == -101
    assert [one["amount"] for one in only_charge(zalopay)["refunds"]] == [50_000, 100_000]


def test_a_refund_that_fails_leaves_its_money_to_another(zalopay: httpx.Client, shop: Shop) -> None:
    create(zalopay, shop)
    control(zalopay, "payments/BPABCD2345/pay")
    refund(zalopay, "R1", 150_000)
    control(zalopay, f"refunds/{today()}_{APP}_R1/failed")
    assert query_refund(zalopay, "R1")["return_code"] == 2
    assert refund(zalopay, "R2", 150_000)["return_code"] == 3


def test_an_answer_lost_after_the_refund(zalopay: httpx.Client, shop: Shop) -> None:
    create(zalopay, shop)
    control(zalopay, "payments/BPABCD2345/pay")
    zalopay.post("/control/faults", json={"answer": "lost_after_charge", "path": "/v2/refund"})
    with pytest.raises(httpx.RemoteProtocolError):
        refund(zalopay, "R1", 150_000)
    assert refund(zalopay, "R1", 150_000)["sub_return_code"] == -68
    assert query_refund(zalopay, "R1")["return_code"] == 3

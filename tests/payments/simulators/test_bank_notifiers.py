"""PayOS and Casso beside SePay. Signatures are computed here from the documents, checked on their samples."""

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from payments.providers.vietqr.payload import build
from tests.payments.simulators.processes import Shop, open_bank, start_bank
from tests.payments.vectors import vectors

PAYLOAD = build(bank_bin="970436", account="0123499999", amount=150_000, purpose="BPABCD2345")
KEYS = {"PAYOS_CHECKSUM_KEY": "payos of the tests", "CASSO_SECRET": "casso of the tests"}


@pytest.fixture
def bank(shop: Shop) -> Iterator[httpx.Client]:
    with open_bank(shop.url, BANK_SIMULATOR_NOTIFIERS="sepay,payos,casso", **KEYS) as client:
        yield client


def payos_signature(data: dict[str, Any], key: str) -> str:
    text = "&".join(f"{name}={data[name] if data[name] is not None else ''}" for name in sorted(data))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


def casso_signature(header: str, body: bytes, key: str) -> str:
    """What v1 should be, for the moment the header names."""
    stamp = header.split(",")[0].removeprefix("t=")
    text = json.dumps(json.loads(body), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hmac.new(key.encode(), f"{stamp}.{text}".encode(), hashlib.sha512).hexdigest()


def transfer(bank: httpx.Client, *notifiers: str, **order: Any) -> list[dict[str, Any]]:
    answer = bank.post(
        "/control/transfers", json={"payload": PAYLOAD, "notifiers": notifiers, **order}
    ).raise_for_status()
    deliveries: list[dict[str, Any]] = answer.json()["deliveries"]
    return deliveries


def test_the_signatures_of_this_file_are_those_of_the_documents() -> None:
    payos = vectors("payos")["webhook, OFFICIAL documented sample (reproduced)"]
    assert payos_signature(payos["inputs"]["data"], payos["inputs"]["checksumKey"]) == payos["expected"]
    casso = vectors("casso")["webhook v2 X-Casso-Signature t=1727948258788 (reproduced)"]
    body = casso["canonical"].split(".", 1)[1].encode()
    header = f"t={casso['inputs']['t']},v1="
    assert casso_signature(header, body, casso["inputs"]["checksumKey"]) == casso["expected"]


def test_one_transfer_is_told_by_all_who_watch_the_account(bank: httpx.Client, shop: Shop) -> None:
    told = transfer(bank)
    assert [delivery["notifier"] for delivery in told] == ["SePay", "PayOS", "Casso"]
    bodies = [json.loads(shop.received.get(timeout=5)[1]) for _ in told]
    sepay = next(body for body in bodies if "referenceCode" in body)
    others = [body["data"]["reference"] for body in bodies if "data" in body]
    assert others == [sepay["referenceCode"]] * 2
    (booked,) = bank.get("/control/charges").json()["charges"]
    assert (booked["reference"], booked["amount"]) == (sepay["referenceCode"], 150_000)


def test_payos_signs_its_data_alone(bank: httpx.Client, shop: Shop) -> None:
    transfer(bank, "payos")
    _, body = shop.received.get(timeout=5)
    whole = json.loads(body)
    assert whole["signature"] == payos_signature(whole["data"], KEYS["PAYOS_CHECKSUM_KEY"])
    assert (whole["code"], whole["data"]["amount"]) == ("00", 150_000)
    assert "BPABCD2345" in whole["data"]["description"]


def test_casso_signs_the_moment_and_the_whole_body(bank: httpx.Client, shop: Shop) -> None:
    transfer(bank, "casso")
    headers, body = shop.received.get(timeout=5)
    header = headers["X-Casso-Signature"]
    assert header.split(",v1=")[1] == casso_signature(header, body, KEYS["CASSO_SECRET"])
    assert (json.loads(body)["error"], json.loads(body)["data"]["amount"]) == (0, 150_000)


@pytest.mark.parametrize(("notifier", "its_own"), [("payos", "paymentLinkId"), ("casso", "id")])
def test_a_banks_number_used_again_is_another_event(
    bank: httpx.Client, shop: Shop, notifier: str, its_own: str
) -> None:
    for _ in range(2):
        transfer(bank, notifier, reference="FT1")
    first, second = (json.loads(shop.received.get(timeout=5)[1])["data"] for _ in range(2))
    assert first["reference"] == second["reference"] == "FT1"
    assert first[its_own] != second[its_own]


def test_a_guessed_key_does_not_match(bank: httpx.Client, shop: Shop) -> None:
    transfer(bank, "payos", forged=True)
    whole = json.loads(shop.received.get(timeout=5)[1])
    assert whole["signature"] != payos_signature(whole["data"], KEYS["PAYOS_CHECKSUM_KEY"])
    transfer(bank, "casso", forged=True)
    headers, body = shop.received.get(timeout=5)
    header = headers["X-Casso-Signature"]
    assert header.split(",v1=")[1] != casso_signature(header, body, KEYS["CASSO_SECRET"])


def test_a_cut_body_is_no_json(bank: httpx.Client, shop: Shop) -> None:
    transfer(bank, "payos", "casso", truncated=True)
    transfer(bank, "casso", truncated=True)
    for _ in range(3):
        with pytest.raises(ValueError, match=r"."):
            json.loads(shop.received.get(timeout=5)[1])


def test_a_body_is_cut_where_it_is_said(bank: httpx.Client, shop: Shop) -> None:
    transfer(bank, "sepay", reference="FT26327000001")
    transfer(bank, "sepay", reference="FT26327000001", truncated=0.2)
    whole, cut = (len(shop.received.get(timeout=5)[1]) for _ in range(2))
    assert cut == int(whole * 0.2)


@pytest.mark.parametrize("share", [0, 1, 1.5, -0.2])
def test_what_is_no_share_cuts_nothing(bank: httpx.Client, share: float) -> None:
    answer = bank.post("/control/transfers", json={"payload": PAYLOAD, "truncated": share})
    assert answer.status_code == 400
    assert bank.get("/control/charges").json()["charges"] == []


def test_copies_come_one_after_the_other(bank: httpx.Client, shop: Shop) -> None:
    transfer(bank, "sepay", copies=3, apart_minutes=5)
    arrived = [shop.received.qsize()]
    for _ in range(2):
        bank.post("/control/advance", json={"minutes": 5}).raise_for_status()
        arrived.append(shop.received.qsize())
    assert arrived == [1, 2, 3]
    assert len({shop.received.get()[1] for _ in arrived}) == 1


def test_an_order_is_answered_with_what_came_of_it_alone(bank: httpx.Client, shop: Shop) -> None:
    transfer(bank, "sepay", copies=2)
    (told,) = transfer(bank, "casso")
    assert told["notifier"] == "Casso"
    assert len(bank.get("/control/deliveries").json()["deliveries"]) == 3


def test_payos_knows_no_money_that_goes_out(bank: httpx.Client, shop: Shop) -> None:
    told = transfer(bank, direction="out", amount=99_000)
    assert [delivery["notifier"] for delivery in told] == ["SePay", "Casso"]
    bodies = [json.loads(shop.received.get(timeout=5)[1]) for _ in told]
    assert [body["data"]["amount"] for body in bodies if "data" in body] == [-99_000]


@pytest.mark.parametrize("notifier", ["payos", "casso"])
def test_a_refusal_is_repeated_until_it_is_given_up(bank: httpx.Client, shop: Shop, notifier: str) -> None:
    for _ in range(5):
        shop.answers.put(500)
    started = time.time()
    transfer(bank, notifier)
    for minutes in (1, 4, 10, 15, 60):
        answer = bank.post("/control/advance", json={"minutes": minutes}).raise_for_status()
    (delivery,) = answer.json()["deliveries"]
    assert [attempt["status"] for attempt in delivery["attempts"]] == [500] * 5
    assert [round((one["at"] - started) / 60) for one in delivery["attempts"]] == [0, 1, 5, 15, 30]
    assert delivery["finished"] and not delivery["delivered"]


def test_an_unknown_notifier_is_refused_at_the_start() -> None:
    process = start_bank("--port", "0", BANK_SIMULATOR_NOTIFIERS="sepay,momo")
    assert process.wait(10) == 1
    assert process.stderr is not None
    assert "no such notifier: momo" in process.stderr.read()

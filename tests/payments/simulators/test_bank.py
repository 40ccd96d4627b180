import json
import re
import subprocess
import sys
import threading
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest

from payments.providers.base import Notice, Outcome
from payments.providers.sepay.notifier import SePayNotifier
from payments.providers.vietqr.memo import make_code
from payments.providers.vietqr.payload import build
from tests.payments.simulators.processes import SECRET, SITE, Shop, start_bank

CODE = make_code()
PAYLOAD = build(bank_bin="970436", account="0123499999", amount=150_000, purpose=CODE)
BACK = f"{SITE}/don-hang/BP1/"


def read(headers: dict[str, str], body: bytes) -> Notice:
    """What the shop would make of it: our own verifier is the judge of the simulator's signature."""
    notifier = SePayNotifier(secret=SECRET)
    notifier.verify(headers, body)
    return notifier.read(body)


def scan(bank: httpx.Client, back: str = BACK) -> dict[str, str]:
    """Open the transfer page and return its hidden fields."""
    page = bank.get("/", params={"payload": PAYLOAD, "return": back}).raise_for_status().text
    return {name: unescape(value) for name, value in re.findall(r'name="(\w+)" value="([^"]*)">\n', page)}


def tap(bank: httpx.Client, kind: str) -> httpx.Response:
    return bank.post("/pay", data={**scan(bank), "kind": kind}, follow_redirects=True)


def control(bank: httpx.Client, path: str, **order: object) -> list[dict[str, Any]]:
    reply = bank.post(f"/control/{path}", json=order).raise_for_status()
    deliveries: list[dict[str, Any]] = reply.json()["deliveries"]
    return deliveries


def test_the_page_shows_the_scanned_transfer(bank: httpx.Client) -> None:
    page = bank.get("/", params={"payload": PAYLOAD, "return": BACK})
    for text in ("Vietcombank", "0123 4999 99", "150.000\u00a0₫", CODE, "không có tiền thật", BACK):
        assert text in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert "style=" not in page.text
    assert "<script" not in page.text


@pytest.mark.parametrize(
    ("kind", "amounts"),
    [
        ("exact", [150_000]),
        ("less", [140_000]),
        ("more", [160_000]),
        ("twice", [150_000, 150_000]),
    ],
)
def test_a_tap_notifies_the_shop(bank: httpx.Client, shop: Shop, kind: str, amounts: list[int]) -> None:
    page = tap(bank, kind)
    notices = [read(*shop.received.get(timeout=5)) for _ in amounts]
    assert [notice.amount for notice in notices] == amounts
    assert {notice.reference for notice in notices} == {CODE}
    assert {notice.outcome for notice in notices} == {Outcome.PAID}
    assert {notice.account for notice in notices} == {"0123499999"}
    assert len({notice.event_id for notice in notices}) == len(amounts)
    assert page.text.count("Đã báo cho chợ") == len(amounts)
    assert BACK in page.text
    assert shop.received.empty()


def test_a_wrong_memo_names_no_payment(bank: httpx.Client, shop: Shop) -> None:
    tap(bank, "wrong-memo")
    assert read(*shop.received.get(timeout=5)).reference == ""


def test_a_wrong_account_is_another_than_the_codes(bank: httpx.Client, shop: Shop) -> None:
    page = tap(bank, "wrong-account")
    notice = read(*shop.received.get(timeout=5))
    assert (notice.account, notice.reference, notice.amount) == ("88888888", CODE, 150_000)
    assert "8888 8888" in page.text


def test_control_can_repeat_the_banks_number_and_report_another_amount(
    bank: httpx.Client, shop: Shop
) -> None:
    for _ in range(2):
        control(bank, "transfers", payload=PAYLOAD, reference="FT1", reported_amount=149_000)
    first, second = (read(*shop.received.get(timeout=5)) for _ in range(2))
    assert (first.bank_reference, second.bank_reference) == ("FT1", "FT1")
    assert first.event_id != second.event_id
    assert (first.amount, second.amount) == (149_000, 149_000)
    booked = bank.get("/control/charges").json()["charges"]
    assert [(one["amount"], one["reference"]) for one in booked] == [(150_000, "FT1")] * 2


def test_a_late_transfer_is_told_after_twenty_five_minutes(bank: httpx.Client, shop: Shop) -> None:
    page = tap(bank, "late")
    assert "Chợ sẽ được báo lúc" in page.text
    control(bank, "advance", minutes=24)
    assert shop.received.empty()
    control(bank, "advance", minutes=1.1)
    assert read(*shop.received.get(timeout=5)).reference == CODE


@pytest.mark.parametrize(
    ("kind", "words"),
    [("cancel", "Đã hủy lệnh chuyển"), ("insufficient", "Không đủ số dư"), ("expire", "Hết giờ xác nhận")],
)
def test_what_the_bank_app_does_not_send_is_neither_booked_nor_told(
    bank: httpx.Client, shop: Shop, kind: str, words: str
) -> None:
    page = tap(bank, kind)
    assert words in page.text and "chưa chuyển đồng nào" in page.text.lower()
    assert BACK in page.text and "Tua đồng hồ" not in page.text
    assert control(bank, "advance", minutes=60) == []
    assert bank.get("/control/charges").json()["charges"] == []
    assert shop.received.empty()


def test_a_transfer_held_for_checking_arrives_when_the_check_is_over(bank: httpx.Client, shop: Shop) -> None:
    page = tap(bank, "held")
    assert "Ngân hàng đang kiểm tra" in page.text
    control(bank, "advance", minutes=9)
    assert bank.get("/control/charges").json()["charges"] == []
    assert shop.received.empty()
    control(bank, "advance", minutes=1)
    assert read(*shop.received.get(timeout=5)).amount == 150_000
    assert [one["amount"] for one in bank.get("/control/charges").json()["charges"]] == [150_000]
    assert "Chuyển tiền thành công" in bank.get(page.url.path).text


@pytest.mark.parametrize(
    ("kind", "told", "words"), [("held", 1, "Đã báo cho chợ"), ("returned", 0, "trả về")]
)
def test_the_check_can_be_ended_from_the_page(
    bank: httpx.Client, shop: Shop, kind: str, told: int, words: str
) -> None:
    page = tap(bank, kind)
    wound = re.search(r'action="(/hurry/[^"]+)"', page.text)
    assert wound and "Ngân hàng đang kiểm tra" in page.text
    assert words in bank.post(wound[1], follow_redirects=True).text
    assert len(bank.get("/control/charges").json()["charges"]) == told
    assert (len(control(bank, "advance", minutes=60)), shop.received.qsize()) == (told, told)


def test_the_clock_can_be_wound_from_the_page(bank: httpx.Client, shop: Shop) -> None:
    page = tap(bank, "late")
    wound = re.search(r'action="(/hurry/[^"]+)"', page.text)
    assert wound
    assert "Đã báo cho chợ" in bank.post(wound[1], follow_redirects=True).text
    assert read(*shop.received.get(timeout=5)).amount == 150_000


def test_the_same_tap_twice_at_once_pays_once(bank: httpx.Client, shop: Shop) -> None:
    form = {**scan(bank), "kind": "exact"}
    taps = [threading.Thread(target=bank.post, args=("/pay",), kwargs={"data": form}) for _ in range(5)]
    for thread in taps:
        thread.start()
    for thread in taps:
        thread.join()
    assert len(bank.get("/control/deliveries").json()["deliveries"]) == 1


def test_refused_notifications_follow_the_documented_plan(bank: httpx.Client, shop: Shop) -> None:
    for _ in range(8):
        shop.answers.put(500)
    started = datetime.now(UTC).timestamp()
    assert "chưa nhận (500)" in tap(bank, "exact").text
    for minutes in (1, 1, 2, 3, 5, 8, 13, 60):
        deliveries = control(bank, "advance", minutes=minutes)
    attempts = deliveries[0]["attempts"]
    assert [round((attempt["at"] - started) / 60) for attempt in attempts] == [0, 1, 2, 4, 7, 12, 20, 33]
    assert deliveries[0]["finished"] and not deliveries[0]["delivered"]
    bodies = {read(*shop.received.get(timeout=5)).event_id for _ in range(8)}
    assert len(bodies) == 1
    assert shop.received.empty()


def test_an_accepted_notification_is_not_sent_again(bank: httpx.Client, shop: Shop) -> None:
    shop.answers.put(503)
    tap(bank, "exact")
    (delivery,) = control(bank, "advance", minutes=60)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [503, 200]


def test_a_redirect_is_not_followed(bank: httpx.Client, shop: Shop) -> None:
    shop.answers.put(302)
    tap(bank, "exact")
    assert bank.get("/control/deliveries").json()["deliveries"][0]["delivered"] is False
    assert shop.received.qsize() == 1


def test_control_can_forge_truncate_repeat_and_send_money_out(bank: httpx.Client, shop: Shop) -> None:
    control(bank, "transfers", payload=PAYLOAD, forged=True)
    forged = shop.received.get(timeout=5)
    with pytest.raises(Exception, match="signature"):
        read(*forged)
    control(bank, "transfers", payload=PAYLOAD, truncated=True)
    with pytest.raises(Exception, match="not JSON"):
        read(*shop.received.get(timeout=5))
    control(bank, "transfers", payload=PAYLOAD, copies=2)
    assert len({read(*shop.received.get(timeout=5)).event_id for _ in range(2)}) == 1
    control(bank, "transfers", payload=PAYLOAD, direction="out", amount=99_000, memo="rut tien")
    out = read(*shop.received.get(timeout=5))
    assert (out.outcome, out.amount, out.reference) == (Outcome.IGNORED, 99_000, "")


def test_control_knows_the_words_of_every_rail_for_how_it_is_told(bank: httpx.Client, shop: Shop) -> None:
    assert control(bank, "transfers", payload=PAYLOAD, notify="lost") == []
    assert len(bank.get("/control/charges").json()["charges"]) == 1
    assert len(control(bank, "transfers", payload=PAYLOAD, notify="twice")) == 2
    assert len({read(*shop.received.get(timeout=5)).event_id for _ in range(2)}) == 1
    control(bank, "transfers", payload=PAYLOAD, notify={"wrong_amount": 99_000})
    assert read(*shop.received.get(timeout=5)).amount == 99_000
    control(bank, "transfers", payload=PAYLOAD, notify="wrong_signature")
    with pytest.raises(Exception, match="signature"):
        read(*shop.received.get(timeout=5))


def test_control_can_tell_five_minutes_or_three_days_late(bank: httpx.Client, shop: Shop) -> None:
    control(bank, "transfers", payload=PAYLOAD, notify="reordered")
    control(bank, "transfers", payload=PAYLOAD, notify="late_days", amount=1_000)
    assert shop.received.empty()
    control(bank, "advance", minutes=5)
    assert read(*shop.received.get(timeout=5)).amount == 150_000
    control(bank, "advance", minutes=3 * 24 * 60 - 6)
    assert shop.received.empty()
    control(bank, "advance", minutes=1)
    assert read(*shop.received.get(timeout=5)).amount == 1_000


@pytest.mark.parametrize("method", ["POST", "GET"])
def test_an_unknown_order_is_told_which_there_are(bank: httpx.Client, method: str) -> None:
    answer = bank.request(method, "/control/miracles", json={"answer": "slow"})
    assert answer.status_code == 404
    for known in ("POST /control/transfers", "POST /control/advance", "GET /control/charges"):
        assert known in answer.json()["error"]


def spoil(bank: httpx.Client, answer: str, **more: object) -> None:
    bank.post("/control/faults", json={"answer": answer, **more}).raise_for_status()


def booked(bank: httpx.Client) -> list[dict[str, Any]]:
    charges: list[dict[str, Any]] = bank.get("/control/charges").json()["charges"]
    return charges


def test_a_tap_whose_answer_is_lost_has_paid_and_pays_once_when_tapped_again(
    bank: httpx.Client, shop: Shop
) -> None:
    said = {**scan(bank), "kind": "exact"}
    spoil(bank, "lost_after_charge")
    with pytest.raises(httpx.RemoteProtocolError):
        bank.post("/pay", data=said)
    assert read(*shop.received.get(timeout=5)).amount == 150_000
    assert bank.post("/pay", data=said, follow_redirects=True).status_code == 200
    assert len(booked(bank)) == 1
    assert shop.received.empty()


@pytest.mark.parametrize(("fault", "status"), [("500", 500), ("html", 200)])
def test_a_tap_that_never_reached_the_bank_has_not_paid(bank: httpx.Client, fault: str, status: int) -> None:
    said = {**scan(bank), "kind": "exact"}
    spoil(bank, fault)
    assert bank.post("/pay", data=said).status_code == status
    assert booked(bank) == []
    bank.post("/pay", data=said)
    assert len(booked(bank)) == 1


def test_a_page_breaks_off_or_takes_its_time(bank: httpx.Client) -> None:
    whole = bank.get("/", params={"payload": PAYLOAD}).text
    spoil(bank, "half")
    half = bank.get("/", params={"payload": PAYLOAD}).text
    assert len(half) < len(whole)
    assert "</html>" not in half
    spoil(bank, "slow", seconds=0.3)
    assert "</html>" in bank.get("/", params={"payload": PAYLOAD}).text
    (waited,) = bank.get("/control/requests").json()["waited"]
    assert waited >= 0.3


@pytest.mark.parametrize(
    "order",
    [
        "[]",
        "{}",
        "not JSON",
        json.dumps({"payload": "xyz"}),
        json.dumps({"payload": PAYLOAD, "notify": "loud"}),
    ],
)
def test_a_senseless_order_is_refused(bank: httpx.Client, order: str) -> None:
    headers = {"Content-Type": "application/json"}
    assert bank.post("/control/transfers", content=order, headers=headers).status_code == 400


def test_control_refuses_what_a_foreign_page_could_send(bank: httpx.Client) -> None:
    assert bank.post("/control/advance", content='{"minutes": 1}').status_code == 404


@pytest.mark.parametrize(
    "back", ["https://evil.example/", f"{SITE}.evil.example/", f"{SITE}@evil.example/", "javascript:alert(1)"]
)
def test_only_the_shop_is_linked_back_to(bank: httpx.Client, back: str) -> None:
    assert scan(bank, back)["return"] == ""
    reply = bank.post("/pay", data={**scan(bank), "kind": "exact", "return": back}, follow_redirects=True)
    assert "evil" not in reply.text
    assert "javascript" not in reply.text


@pytest.mark.parametrize("change", [{"payload": "xyz"}, {"kind": "steal"}, {"token": "a\r\nSet-Cookie: b=c"}])
def test_a_meddled_form_is_refused(bank: httpx.Client, change: dict[str, str]) -> None:
    assert bank.post("/pay", data={**scan(bank), "kind": "exact", **change}).status_code == 400


def test_a_damaged_code_and_an_empty_page_say_what_to_do(bank: httpx.Client) -> None:
    damaged = bank.get("/", params={"payload": PAYLOAD[:-1] + "?"})
    assert damaged.status_code == 400
    assert "Mã QR bị sai" in damaged.text
    assert "dán nội dung mã QR" in bank.get("/").text
    assert bank.get("/nowhere").status_code == 404


def test_markup_in_a_memo_is_shown_as_text(bank: httpx.Client) -> None:
    payload = build(bank_bin="970436", account="1", amount=1000, purpose='<b>"x"</b>')
    page = bank.get("/", params={"payload": payload}).text
    assert "<b>&quot;x" not in page
    assert "&lt;b&gt;&quot;x&quot;&lt;/b&gt;" in page


def test_a_taken_port_is_one_clear_sentence(bank: httpx.Client) -> None:
    second = start_bank("--port", str(bank.base_url.port))
    assert second.wait(10) == 1
    assert second.stderr is not None
    assert "cannot listen on 127.0.0.1" in second.stderr.read()


def test_production_refuses_a_pretended_bank(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "marketplace.settings.production")
    process = start_bank("--port", "0")
    assert process.wait(10) == 1
    assert process.stderr is not None
    assert "no place in production" in process.stderr.read()


def test_the_simulator_shares_no_code_with_what_it_tests() -> None:
    folder = Path("payments/simulators/bank")
    code = "\n".join(path.read_text() for path in folder.glob("*.py"))
    imports = re.findall(r"^(?:from|import) (\S+)", code, re.MULTILINE)
    assert not [name for name in imports if name.startswith(("payments.providers", "django", "marketplace"))]
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import payments.simulators.bank.server"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert "payments.providers" not in loaded
    assert "django" not in loaded

"""The Stripe simulator on its own: what Stripe's documents say of its API, spoken over HTTP."""

import json
import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import httpx
import pytest
import stripe

from tests.payments.simulators.gateways import control
from tests.payments.simulators.processes import SITE, Shop
from tests.payments.simulators.stripe_process import WEBHOOK_SECRET, open_stripe
from tests.waiting import wait_for


@pytest.fixture
def api(shop: Shop) -> Iterator[httpx.Client]:
    with open_stripe(shop.url) as client:
        yield client


def open_session(api: httpx.Client, *, amount: int = 150_000, **more: Any) -> dict[str, Any]:
    form = {
        "client_reference_id": "BP12345678",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "vnd",
        "line_items[0][price_data][unit_amount]": str(amount),
        "success_url": f"{SITE}/don-hang/",
        "cancel_url": f"{SITE}/gio-hang/",
        **more,
    }
    session: dict[str, Any] = api.post("/v1/checkout/sessions", data=form).raise_for_status().json()
    return session


def tap(api: httpx.Client, session: dict[str, Any], act: str) -> httpx.Response:
    return api.post(f"/c/pay/{session['id']}", data={"act": act})


def test_a_person_pays_and_comes_back_after_the_shop_was_told(api: httpx.Client, shop: Shop) -> None:
    session = open_session(api)
    page = httpx.get(session["url"], trust_env=False).text
    assert "150.000" in page and "giả lập" in page
    back = tap(api, session, "pay")
    assert (back.status_code, back.headers["Location"]) == (303, f"{SITE}/don-hang/")
    kinds = {_verified(shop).type for _ in range(2)}
    assert kinds == {"payment_intent.succeeded", "checkout.session.completed"}
    assert "Đã thanh toán" in api.get(f"/c/pay/{session['id']}").text
    assert tap(api, session, "pay").headers["Location"] == f"/c/pay/{session['id']}"
    assert shop.received.empty()


def test_a_declined_card_may_be_tried_again_on_the_same_page(api: httpx.Client) -> None:
    session = open_session(api)
    answer = tap(api, session, "insufficient")
    assert "không đủ tiền" in api.get(answer.headers["Location"]).text
    tap(api, session, "pay")
    assert api.get("/control/charges").json()["charges"][0]["state"] == "paid"


def test_turning_back_leaves_the_page_open_and_expiry_closes_it(api: httpx.Client) -> None:
    session = open_session(api)
    assert tap(api, session, "cancel").headers["Location"] == f"{SITE}/gio-hang/"
    tap(api, session, "expire")
    assert "hết hạn" in api.get(f"/c/pay/{session['id']}").text


def test_buyers_are_sent_to_no_other_site(api: httpx.Client) -> None:
    session = open_session(api, success_url="http://elsewhere.test/")
    assert tap(api, session, "pay").headers["Location"] == f"/c/pay/{session['id']}"


def test_a_webhook_is_repeated_for_three_days_and_then_given_up(api: httpx.Client, shop: Shop) -> None:
    for _ in range(30):
        shop.answers.put(500)
    open_session(api)
    started = time.time()
    (delivery,) = control(api, "payments/BP12345678/expire")
    assert ([one["status"] for one in delivery["attempts"]], delivery["delivered"]) == ([500], False)
    minutes = [0, 1, 5, 30, 2 * 60, 6 * 60, 12 * 60, 24 * 60, 48 * 60, 72 * 60]
    for before, after in pairwise([*minutes, 96 * 60]):
        (delivery,) = control(api, "advance", minutes=after - before)
    assert [round((one["at"] - started) / 60) for one in delivery["attempts"]] == minutes
    assert delivery["due"] is None


@pytest.mark.parametrize(
    ("notify", "told"),
    [
        ({"notify": "lost"}, []),
        ({"notify": "twice"}, ["payment_intent.succeeded"] * 2 + ["checkout.session.completed"] * 2),
        ({"notify": "reordered"}, ["checkout.session.completed", "payment_intent.succeeded"]),
    ],
)
def test_faults_of_notification(api: httpx.Client, notify: dict[str, str], told: list[str]) -> None:
    open_session(api)
    assert [
        json.loads(sent["body"])["type"] for sent in control(api, "payments/BP12345678/pay", **notify)
    ] == told


def test_a_notice_that_is_three_days_late(api: httpx.Client, shop: Shop) -> None:
    open_session(api)
    control(api, "payments/BP12345678/pay", late_days=3)
    assert shop.received.empty()
    control(api, "advance", minutes=3 * 24 * 60)
    assert {_verified(shop).type, _verified(shop).type} > {"checkout.session.completed"}


def test_a_wrong_amount_and_a_wrong_signature(api: httpx.Client, shop: Shop) -> None:
    open_session(api)
    control(api, "payments/BP12345678/pay", wrong_amount=1_000, wrong_signature=True)
    told = [shop.received.get(timeout=5) for _ in range(2)]
    assert any(b'"amount_total": 1000,' in body for _, body in told)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(told[0][1], told[0][0]["Stripe-Signature"], WEBHOOK_SECRET)


def test_slow_is_half_a_minute_unless_said_otherwise_and_answers_all_the_same(api: httpx.Client) -> None:
    faults = api.post("/control/faults", json={"answer": "slow", "times": 0}).raise_for_status()
    assert faults.json()["seconds"] == 30
    api.post("/control/faults", json={"answer": "slow", "seconds": 0.3}).raise_for_status()
    begun = time.monotonic()
    assert open_session(api)["amount_total"] == 150_000
    assert time.monotonic() - begun >= 0.3


def test_who_gives_up_waiting_for_a_slow_answer_is_noted_at_once(api: httpx.Client) -> None:
    api.post("/control/faults", json={"answer": "slow"}).raise_for_status()
    with pytest.raises(httpx.ReadTimeout):
        api.get("/v1/events", timeout=0.3)
    wait_for(lambda: bool(waited(api)), "the one who gave up", seconds=15)
    assert 0.2 < waited(api)[0] < 15


def waited(api: httpx.Client) -> list[float]:
    seconds: list[float] = api.get("/control/requests").raise_for_status().json()["waited"]
    return seconds


def test_what_it_was_asked_for_is_counted_whether_it_is_answered_or_not(api: httpx.Client) -> None:
    api.post("/control/faults", json={"answer": "500"}).raise_for_status()
    assert api.get("/v1/events").status_code == 500
    assert api.get("/v1/events").status_code == 200
    assert api.get("/control/requests").json() == {"requests": {"/v1/events": 2}, "waited": []}


def test_intents_are_created_confirmed_declined_and_cancelled(api: httpx.Client) -> None:
    form = {"amount": "150000", "currency": "vnd"}
    first = api.post("/v1/payment_intents", data=form).json()
    declined = api.post(
        f"/v1/payment_intents/{first['id']}/confirm",
        data={"payment_method": "pm_card_visa_chargeDeclinedInsufficientFunds"},
    )
    assert (declined.status_code, declined.json()["error"]["decline_code"]) == (402, "insufficient_funds")
    assert api.post(f"/v1/payment_intents/{first['id']}/confirm").json()["status"] == "succeeded"
    assert api.post(f"/v1/payment_intents/{first['id']}/cancel").status_code == 400
    second = api.post("/v1/payment_intents", data=form).json()
    assert api.post(f"/v1/payment_intents/{second['id']}/cancel").json()["status"] == "canceled"
    assert api.get("/v1/events").json()["data"][0]["type"] == "payment_intent.canceled"


def test_money_is_given_back_in_the_dashboard_in_parts_and_told_of(api: httpx.Client) -> None:
    session = open_session(api)
    control(api, "payments/BP12345678/pay", notify="lost")
    told = control(api, "payments/BP12345678/refund", amount=40_000, times=2)
    assert [json.loads(sent["body"])["type"] for sent in told] == ["refund.created", "charge.refunded"] * 2
    seen = [json.loads(sent["body"])["data"]["object"]["amount_refunded"] for sent in told[1::2]]
    assert seen == [40_000, 80_000]
    charge = charge_of_session(api, session)
    assert (charge["amount_refunded"], charge["refunded"]) == (80_000, False)
    assert len(control(api, "payments/BP12345678/refund", amount=10_000, notify="lost")) == len(told)


def test_more_than_the_charge_goes_back_only_where_that_is_ordered(api: httpx.Client) -> None:
    session = open_session(api)
    control(api, "payments/BP12345678/pay")
    answer = api.post("/control/payments/BP12345678/refund", json={"amount": 100_000, "times": 2})
    assert (answer.status_code, charge_of_session(api, session)["amount_refunded"]) == (400, 0)
    control(api, "payments/BP12345678/refund", amount=100_000, times=2, over=True)
    charge = charge_of_session(api, session)
    assert (charge["amount_refunded"], charge["refunded"]) == (200_000, True)


def test_a_refund_that_the_shop_asks_for_is_done_twice_and_gets_a_used_id(api: httpx.Client) -> None:
    session = open_session(api)
    control(api, "payments/BP12345678/pay")
    intent = api.get(f"/v1/checkout/sessions/{session['id']}").json()["payment_intent"]
    form = {"payment_intent": intent, "amount": "10000"}
    first = api.post("/v1/refunds", data=form).raise_for_status().json()
    order = {"refund_twice": 1, "refund_reference": first["id"]}
    api.post("/control/faults", json=order).raise_for_status()
    same = api.post("/v1/refunds", data={**form, "amount": "20000"}).raise_for_status().json()
    api.post("/v1/refunds", data={**form, "amount": "30000"}).raise_for_status()
    (charge,) = api.get("/control/charges").json()["charges"]
    assert [refund["amount"] for refund in charge["refunds"]] == [10_000, 20_000, 20_000, 30_000]
    assert same["id"] == first["id"]
    assert len({refund["id"] for refund in charge["refunds"]}) == 3


def test_the_id_of_a_payment_intent_is_used_for_another_payment(api: httpx.Client) -> None:
    sessions = [open_session(api, client_reference_id=name) for name in ("BP1", "BP2")]
    control(api, "payments/BP1/pay")
    intent = api.get(f"/v1/checkout/sessions/{sessions[0]['id']}").json()["payment_intent"]
    control(api, "payments/BP2/pay", reference=intent)
    assert api.get(f"/v1/checkout/sessions/{sessions[1]['id']}").json()["payment_intent"] == intent
    assert {one["state"] for one in api.get("/control/charges").json()["charges"]} == {"paid"}


def charge_of_session(api: httpx.Client, session: dict[str, Any]) -> dict[str, Any]:
    expand = {"expand[0]": "payment_intent.latest_charge"}
    said = api.get(f"/v1/checkout/sessions/{session['id']}", params=expand).raise_for_status().json()
    charge: dict[str, Any] = said["payment_intent"]["latest_charge"]
    return charge


@pytest.mark.parametrize(
    ("amount", "code"), [(12_499, "amount_too_small"), (100_000_000, "amount_too_large")]
)
def test_amounts_out_of_bounds(api: httpx.Client, amount: int, code: str) -> None:
    answer = api.post("/v1/payment_intents", data={"amount": str(amount), "currency": "vnd"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)


def test_a_session_lasts_from_half_an_hour_to_a_day(api: httpx.Client) -> None:
    for minutes in (29, 24 * 60 + 1):
        with pytest.raises(httpx.HTTPStatusError):
            open_session(api, expires_at=str(int(time.time()) + minutes * 60))
    open_session(api, expires_at=str(int(time.time()) + 31 * 60))
    control(api, "advance", minutes=32)
    assert api.get("/v1/checkout/sessions").json()["data"][0]["status"] == "expired"


@pytest.mark.parametrize("by", ["person", "control"])
def test_when_its_time_is_over_a_session_is_expired_told_of_and_no_longer_payable(
    api: httpx.Client, shop: Shop, by: str
) -> None:
    session = open_session(api, expires_at=str(int(time.time()) + 31 * 60))
    control(api, "advance", minutes=30)
    assert shop.received.empty()
    control(api, "advance", minutes=2)
    told = _verified(shop)
    assert (told.type, told.data.object["id"]) == ("checkout.session.expired", session["id"])
    if by == "person":
        assert tap(api, session, "pay").headers["Location"] == f"/c/pay/{session['id']}"
        assert "hết hạn" in api.get(f"/c/pay/{session['id']}").text
    else:
        assert api.post("/control/payments/BP12345678/pay", json={}).status_code == 400
    (charge,) = api.get("/control/charges").json()["charges"]
    assert (charge["state"], shop.received.empty()) == ("expired", True)


def test_another_key_is_refused(api: httpx.Client) -> None:
    assert api.get("/v1/events", headers={"Authorization": "Bearer sk_other"}).status_code == 401


def _verified(shop: Shop) -> stripe.Event:
    headers, body = shop.received.get(timeout=5)
    return stripe.Webhook.construct_event(body, headers["Stripe-Signature"], WEBHOOK_SECRET)

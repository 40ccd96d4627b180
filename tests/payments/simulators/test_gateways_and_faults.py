"""The rails' own code against simulators that lose answers, send nonsense and are asked again."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from payments.providers.base import (
    Charge,
    InvalidSignature,
    Notice,
    Outcome,
    PaymentProvider,
    ProviderError,
    Reason,
    RefundOrder,
    RefundOutcome,
    Verdict,
)
from payments.providers.momo.provider import MoMoProvider
from payments.providers.vnpay.provider import VNPayProvider
from payments.providers.zalopay.provider import ZaloPayProvider
from tests.payments.simulators.gateways import control, only_charge, tap
from tests.payments.simulators.processes import SITE, Shop, open_shop, opened, start

KEYS = {
    "vnpay": {"VNPAY_TMN_CODE": "TESTS001", "VNPAY_SECRET": "vnpay of the tests"},
    "momo": {"MOMO_PARTNER_CODE": "TESTS", "MOMO_ACCESS_KEY": "access", "MOMO_SECRET": "momo of the tests"},
    "zalopay": {"ZALOPAY_APP_ID": "2553", "ZALOPAY_KEY1": "one", "ZALOPAY_KEY2": "two"},
}
ANSWERS = {
    "vnpay": (200, b'{"RspCode": "00"}'),
    "momo": (204, b""),
    "zalopay": (200, b'{"return_code": 1}'),
}
LIMITS = {"MINIMUM": 1_000, "MAXIMUM": 50_000_000}


@dataclass(frozen=True)
class Rail:
    name: str
    provider: Any
    simulator: httpx.Client
    shop: Shop

    def pay(self, charge: Charge, act: str = "pay", **notify: Any) -> str:
        """Start it, and let the rail do ``act``. Returns the page's address."""
        page: str = self.provider.start(charge).redirect_url
        self.simulator.get(page, follow_redirects=True).raise_for_status()
        control(self.simulator, f"payments/{charge.reference}/{act}", **notify)
        return page

    def notice(self) -> Notice:
        """The next notification, verified and read as our views do it."""
        headers, body = self.shop.received.get(timeout=5)
        self.provider.verify(headers, body)
        notice: Notice = self.provider.read(body)
        return notice

    def fetch(self, charge: Charge) -> Notice:
        notice: Notice = self.provider.fetch(charge)
        return notice


def provider_of(name: str, url: str) -> PaymentProvider:
    values: dict[str, Any] = {**KEYS[name], "RAIL_HOSTS": {name: []}, "SIMULATOR_HOSTS": ["127.0.0.1"]}
    values |= {f"{name.upper()}_{limit}": value for limit, value in LIMITS.items()}
    if name == "vnpay":
        values |= {"VNPAY_PAY_URL": f"{url}/paymentv2/vpcpay.html"}
        values |= {"VNPAY_API_URL": f"{url}/merchant_webapi/api/transaction"}
        return VNPayProvider.from_settings(SimpleNamespace(**values))
    if name == "momo":
        return MoMoProvider.from_settings(SimpleNamespace(**values, MOMO_URL=url))
    values["ZALOPAY_APP_ID"] = int(values["ZALOPAY_APP_ID"])
    return ZaloPayProvider.from_settings(SimpleNamespace(**values, ZALOPAY_URL=url))


@contextlib.contextmanager
def opened_rail(name: str) -> Iterator[Rail]:
    with open_shop() as shop:
        shop.usual, shop.body = ANSWERS[name]
        process = start(name, "--port", "0", "--notify", shop.url, SITE_URL=SITE, **KEYS[name])
        with opened(process) as simulator:
            url = str(simulator.base_url).rstrip("/")
            yield Rail(name, provider_of(name, url), simulator, shop)


@pytest.fixture(params=sorted(KEYS))
def rail(request: pytest.FixtureRequest) -> Iterator[Rail]:
    with opened_rail(request.param) as rail:
        yield rail


def charge_of(rail: Rail, **change: Any) -> Charge:
    now = datetime.now(UTC)
    usual: dict[str, Any] = {
        "reference": "BPABCD2345",
        "amount": 185_000,
        "opened_at": now,
        "expires_at": now + timedelta(minutes=15),
        "description": "Đơn hàng của Nguyễn Văn Thu & con",
        "return_url": f"{SITE}/don-hang/BPABCD2345/",
        "notify_url": rail.shop.url,
    }
    return Charge(**{**usual, **change})


def test_a_payment_is_still_found_when_a_part_of_it_was_given_back(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge)
    told = rail.notice()
    assert (told.outcome, told.reference, told.amount) == (Outcome.PAID, charge.reference, charge.amount)
    asked = rail.fetch(charge)
    assert (asked.outcome, asked.amount) == (Outcome.PAID, charge.amount)
    assert asked.provider_reference == told.provider_reference != ""
    assert abs(asked.occurred_at - datetime.now(UTC)) < timedelta(minutes=1)
    known = replace(charge, provider_reference=told.provider_reference)
    order = RefundOrder(
        key="refund-1", charge=known, amount=60_000, reason="Thiếu cân", opened_at=datetime.now(UTC)
    )
    begun = rail.provider.refund(order)
    assert begun.outcome in (RefundOutcome.DONE, RefundOutcome.IN_TRANSIT)
    control(rail.simulator, "advance", minutes=11)
    order = replace(order, provider_reference=begun.provider_reference)
    assert rail.provider.fetch_refund(order).outcome is RefundOutcome.DONE
    again = rail.fetch(known)
    assert (again.outcome, again.amount, again.provider_reference) == (
        Outcome.PAID,
        charge.amount,
        known.provider_reference,
    )


def test_a_day_later_there_are_new_payments(rail: Rail) -> None:
    """A simulator whose clock was put forward still takes what a shop writes by the real one."""
    control(rail.simulator, "advance", minutes=3 * 24 * 60)
    charge = charge_of(rail)
    rail.pay(charge)
    assert rail.fetch(charge).outcome is Outcome.PAID


def test_the_same_refund_twice_is_one_and_too_much_is_none(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge)
    known = replace(charge, provider_reference=rail.notice().provider_reference)
    now = datetime.now(UTC)
    first = RefundOrder(key="a", charge=known, amount=100_000, reason="x", opened_at=now)
    rail.provider.refund(first)
    assert rail.provider.refund(first).outcome in (RefundOutcome.DONE, RefundOutcome.IN_TRANSIT)
    for _ in range(2):
        assert not gives_back(rail, replace(first, key="b", amount=85_001))
    assert gives_back(rail, replace(first, key="c", amount=85_000))
    assert [refund["amount"] for refund in only_charge(rail.simulator)["refunds"]] == [100_000, 85_000]


def test_how_often_the_shop_asked_for_each_refund_is_counted_however_often_it_was_made(rail: Rail) -> None:
    charge = paid(rail)
    rail.simulator.post("/control/faults", json={"answer": "lost_after_charge"}).raise_for_status()
    assert not gives_back(rail, refund_of(charge, 50_000))  # made, and we do not know
    for key in ("a", "a", "b"):
        gives_back(rail, refund_of(charge, 50_000, key))
    refunds = rail.simulator.get("/control/requests").raise_for_status().json()["refunds"]
    assert sorted(refunds.values()) == [1, 3]


def gives_back(rail: Rail, order: RefundOrder) -> bool:
    try:
        return rail.provider.refund(order).outcome is not RefundOutcome.FAILED
    except ProviderError:
        return False


@pytest.mark.parametrize("by", ["person", "control"])
def test_nobody_pays_after_the_time_of_the_page(rail: Rail, by: str) -> None:
    charge = charge_of(rail)
    page = rail.simulator.get(rail.provider.start(charge).redirect_url, follow_redirects=True)
    control(rail.simulator, "advance", minutes=100 if rail.name == "momo" else 15)
    if by == "person":
        tap(rail.simulator, page, "pay")
    else:
        answer = rail.simulator.post(f"/control/payments/{charge.reference}/pay", json={})
        assert answer.status_code == 400
    assert only_charge(rail.simulator)["state"] == "expired"
    said = rail.fetch(charge)
    # VNPAY's answer to a query has a status, but not why
    assert (said.outcome, said.reason) == (
        Outcome.FAILED,
        Reason.REFUSED if rail.name == "vnpay" else Reason.EXPIRED,
    )
    assert rail.shop.received.empty()


def paid(rail: Rail, code: str = "BPABCD2345", **more: Any) -> Charge:
    """As the market knows it once it has heard of the money."""
    charge = charge_of(rail, reference=code)
    rail.pay(charge, **more)
    return replace(charge, provider_reference=rail.notice().provider_reference)


def refund_of(charge: Charge, amount: int, key: str = "a") -> RefundOrder:
    return RefundOrder(key=key, charge=charge, amount=amount, reason="x", opened_at=datetime.now(UTC))


def amounts(rail: Rail) -> list[int]:
    return [refund["amount"] for refund in only_charge(rail.simulator)["refunds"]]


def test_the_company_gives_back_by_itself_and_says_so_where_its_protocol_does(rail: Rail) -> None:
    charge = paid(rail)
    control(rail.simulator, f"payments/{charge.reference}/refund", amount=40_000, times=2)
    assert amounts(rail) == [40_000, 40_000]
    assert rail.shop.received.empty()
    said = rail.fetch(charge)
    # VNPAY names one transaction at a time, ZaloPay lists no refunds.
    assert (said.outcome, said.given_back) == (Outcome.PAID, 80_000 if rail.name == "momo" else 0)
    assert not gives_back(rail, refund_of(charge, 105_001))
    assert gives_back(rail, refund_of(charge, 105_000))


def test_more_than_the_payment_goes_back_only_where_that_is_ordered(rail: Rail) -> None:
    charge = paid(rail)
    order = {"amount": 100_000, "times": 2}
    answer = rail.simulator.post(f"/control/payments/{charge.reference}/refund", json=order)
    assert (answer.status_code, amounts(rail)) == (400, [])
    control(rail.simulator, f"payments/{charge.reference}/refund", **order, over=True)
    assert amounts(rail) == [100_000, 100_000]
    gives_back(rail, refund_of(charge, 1_000))  # VNPAY says that it was asked before, the others refuse
    assert amounts(rail) == [100_000, 100_000]
    if rail.name == "momo":
        assert rail.fetch(charge).given_back == 200_000


@pytest.mark.parametrize(
    "order",
    [
        {},
        {"amount": 0},
        {"amount": 1, "times": 0},
        {"amount": 1, "twice": True},
        {"amount": "x"},
        {"amount": 1, "reference": "x"},
    ],
)
def test_a_senseless_order_gives_nothing_back(rail: Rail, order: dict[str, Any]) -> None:
    charge = paid(rail)
    answer = rail.simulator.post(f"/control/payments/{charge.reference}/refund", json=order)
    assert (answer.status_code, amounts(rail)) == (400, [])


def test_nothing_is_given_back_of_what_was_not_paid(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge, "cancel")
    answer = rail.simulator.post(f"/control/payments/{charge.reference}/refund", json={"amount": 1_000})
    assert (answer.status_code, amounts(rail)) == (400, [])


def test_a_refund_that_we_ask_for_is_done_twice_once(rail: Rail) -> None:
    charge = paid(rail)
    rail.simulator.post("/control/faults", json={"refund_twice": 1}).raise_for_status()
    assert gives_back(rail, refund_of(charge, 100_000))  # the second goes beyond the payment
    assert amounts(rail) == [100_000, 100_000]
    assert rail.provider.refund(refund_of(charge, 100_000)).outcome is not RefundOutcome.FAILED
    assert amounts(rail) == [100_000, 100_000]
    if rail.name == "momo":
        assert rail.fetch(charge).given_back == 200_000


def test_a_number_is_used_for_another_payment(rail: Rail) -> None:
    first = paid(rail)
    second = paid(rail, "BPEFGH6789", reference=first.provider_reference)
    assert first.provider_reference == second.provider_reference
    assert rail.fetch(second).provider_reference == first.provider_reference


def test_a_number_is_used_for_another_refund(rail: Rail) -> None:
    charge = paid(rail)
    control(rail.simulator, f"payments/{charge.reference}/refund", amount=10_000)
    (refund,) = only_charge(rail.simulator)["refunds"]
    rail.simulator.post("/control/faults", json={"refund_reference": refund["number"]}).raise_for_status()
    assert gives_back(rail, refund_of(charge, 20_000))
    control(rail.simulator, f"payments/{charge.reference}/refund", amount=5_000, reference=refund["number"])
    refunds = only_charge(rail.simulator)["refunds"]
    assert [(one["amount"], one["number"]) for one in refunds] == [
        (amount, refund["number"]) for amount in (10_000, 20_000, 5_000)
    ]


def test_held_money_may_come_through(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge, "fraud")
    control(rail.simulator, f"payments/{charge.reference}/pay")
    assert rail.fetch(charge).outcome is Outcome.PAID


def test_a_wrong_signature_is_refused_and_a_wrong_amount_is_read(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge, notify="wrong_signature")
    with pytest.raises(InvalidSignature):
        rail.notice()
    other = charge_of(rail, reference="BPEFGH6789")
    rail.pay(other, wrong_amount=1_000)
    assert (rail.notice().amount, rail.fetch(other).amount) == (1_000, charge.amount)


@pytest.mark.parametrize("rail", ["vnpay", "momo"], indirect=True)
def test_it_may_say_what_is_not_so(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge)
    assert rail.notice().outcome is Outcome.PAID
    control(rail.simulator, f"payments/{charge.reference}/say/cancelled")
    told = rail.notice()
    assert (told.outcome, told.reason) == (Outcome.FAILED, Reason.CANCELLED)
    assert rail.fetch(charge).outcome is Outcome.PAID


@pytest.mark.parametrize("rail", ["vnpay"], indirect=True)
def test_vnpay_may_tell_of_a_refund_that_nobody_asked_for(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge)
    rail.notice()
    control(rail.simulator, f"payments/{charge.reference}/say/given_back")
    assert rail.notice().outcome is Outcome.REFUNDING


def test_it_has_no_word_for_a_state_that_nobody_knows(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge)
    refused = rail.simulator.post(f"/control/payments/{charge.reference}/say/forgotten", json={})
    assert refused.status_code == 400


def test_other_keys_are_refused(rail: Rail) -> None:
    client = rail.provider.client
    setattr(client, "key1" if rail.name == "zalopay" else "secret", "guessed")
    with pytest.raises(ProviderError):
        rail.provider.fetch(charge_of(rail))


def test_the_same_event_told_twice_has_one_name(rail: Rail) -> None:
    rail.pay(charge_of(rail), notify="twice")
    assert rail.notice() == rail.notice()


def test_what_we_answer_stops_the_calls(rail: Rail) -> None:
    reply = rail.provider.acknowledge(Verdict.ACCEPTED)
    body = b"" if reply.body is None else httpx.Request("POST", "http://x", json=reply.body).content
    rail.shop.answers.put(500)
    rail.shop.usual, rail.shop.body = reply.status, body
    rail.pay(charge_of(rail))
    (delivery,) = control(rail.simulator, "advance", minutes=600)
    assert [attempt["accepted"] for attempt in delivery["attempts"]] == [False, True]
    assert "protocol" not in delivery["attempts"][-1]["error"]


@pytest.mark.parametrize("fault", ["500", "html", "half", "lost_after_charge"])
def test_an_answer_that_breaks_off_may_be_asked_for_again(rail: Rail, fault: str) -> None:
    charge = charge_of(rail)
    rail.pay(charge)
    rail.simulator.post("/control/faults", json={"answer": fault}).raise_for_status()
    with pytest.raises(ProviderError) as failure:
        rail.provider.fetch(charge)
    assert not failure.value.permanent
    assert rail.fetch(charge).outcome is Outcome.PAID


def test_what_it_was_asked_for_is_counted_whether_it_is_answered_or_not(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge)
    before = asked(rail)
    rail.simulator.post("/control/faults", json={"answer": "500"}).raise_for_status()
    with pytest.raises(ProviderError):
        rail.provider.fetch(charge)
    rail.fetch(charge)
    assert asked(rail) == before + 2


def asked(rail: Rail) -> int:
    counted: dict[str, int] = rail.simulator.get("/control/requests").raise_for_status().json()["requests"]
    return sum(counted.values())


def test_slow_is_half_a_minute_unless_said_otherwise_and_answers_all_the_same(rail: Rail) -> None:
    charge = charge_of(rail)
    rail.pay(charge)
    faults = rail.simulator.post("/control/faults", json={"answer": "slow", "times": 0}).raise_for_status()
    assert faults.json()["seconds"] == 30
    rail.simulator.post("/control/faults", json={"answer": "slow", "seconds": 0.3}).raise_for_status()
    begun = time.monotonic()
    assert rail.fetch(charge).outcome is Outcome.PAID
    assert time.monotonic() - begun >= 0.3

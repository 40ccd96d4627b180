"""A rail that does not answer is left alone, and taken up again by one question."""

import contextlib
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from redis import Redis

from payments import inquiries
from payments.breaker import FAILURES, PROBE_SECONDS, REST_SECONDS, ask_rail, is_resting
from payments.providers import registry
from payments.providers.base import ProviderError
from payments.providers.transport import ANSWER_SECONDS
from payments.services import open_payment
from payments.starting import start_waiting
from payments.ways import offer
from tests.checkout.shopping import listed, put
from tests.payments.orders import TOTAL, make_order, reread
from tests.payments.rails import ScriptedRail

pytestmark = pytest.mark.django_db
DOWN = ProviderError("no answer", permanent=False)


def ask() -> int:
    """How many questions have reached the rail after this one."""
    with contextlib.suppress(ProviderError):
        ask_rail("testrail", lambda rail: rail.fetch(None))  # type: ignore[arg-type]
    return len(ScriptedRail.asked)


def rest_is_over() -> None:
    """Valkey forgets by its own clock; what it would have forgotten by then is taken away."""
    cache.delete("breaker:testrail:rests")


def test_after_five_failures_in_a_row_nobody_asks_and_nobody_is_offered_it(
    scripted_rail: type[ScriptedRail],
) -> None:
    scripted_rail.error = DOWN
    assert [ask() for _ in range(FAILURES)] == [1, 2, 3, 4, 5]
    assert is_resting("testrail")
    assert ask() == 5
    assert "testrail" not in offer(TOTAL).codes
    assert [way.code for way in offer(TOTAL).out_of_order] == ["testrail"]


def test_valkey_forgets_the_rest_after_its_minute(scripted_rail: type[ScriptedRail], settings: Any) -> None:
    scripted_rail.error = DOWN
    [ask() for _ in range(FAILURES)]
    left = Redis.from_url(settings.REDIS_URL).ttl(cache.make_key("breaker:testrail:rests"))
    assert 0 < left <= REST_SECONDS


def test_the_checkout_leaves_it_out_and_says_so(scripted_rail: type[ScriptedRail], client: Client) -> None:
    put(client, listed())
    scripted_rail.error = DOWN
    for resting in (False, True):
        [ask() for _ in range(FAILURES * resting)]
        page = client.get(reverse("checkout:checkout")).content.decode()
        assert ('value="testrail"' in page) is not resting
        assert ("Test rail đang trục trặc" in page) is resting


def test_an_answer_between_failures_begins_the_count_anew(scripted_rail: type[ScriptedRail]) -> None:
    for _ in range(2):
        scripted_rail.error = DOWN
        [ask() for _ in range(FAILURES - 1)]
        scripted_rail.error = None
        ask()
    assert not is_resting("testrail")


def test_a_refusal_is_an_answer(scripted_rail: type[ScriptedRail]) -> None:
    scripted_rail.error = ProviderError("wrong amount", permanent=True)
    [ask() for _ in range(FAILURES * 2)]
    assert not is_resting("testrail")


def test_after_the_rest_one_question_is_let_through(scripted_rail: type[ScriptedRail]) -> None:
    scripted_rail.error = DOWN
    [ask() for _ in range(FAILURES)]
    rest_is_over()
    assert "testrail" in offer(TOTAL).codes
    assert ask() == 6
    assert is_resting("testrail")
    rest_is_over()
    cache.set("breaker:testrail:probe", True, PROBE_SECONDS)
    assert ask() == 6, "somebody else is just trying"
    cache.delete("breaker:testrail:probe")
    scripted_rail.error = None
    assert [ask(), ask()] == [7, 8]
    assert not is_resting("testrail")


def test_a_buyer_of_a_resting_rail_is_told_at_once(scripted_rail: type[ScriptedRail]) -> None:
    payment = open_payment(order=make_order(provider="testrail"), provider="testrail")
    scripted_rail.error = DOWN
    [ask() for _ in range(FAILURES)]
    start_waiting(payment.order, client_ip="192.0.2.7")
    payment.refresh_from_db()
    assert (payment.state, payment.failure, scripted_rail.started) == ("failed", "unreachable", [])


def begin() -> str:
    """State of an attempt after it was to be started."""
    payment = open_payment(order=make_order(provider="testrail"), provider="testrail")
    start_waiting(payment.order, client_ip="192.0.2.7")
    return str(reread(payment).state)


@pytest.fixture
def page_rail(scripted_rail: type[ScriptedRail], monkeypatch: pytest.MonkeyPatch) -> type[ScriptedRail]:
    """Starts by making the address of a page."""
    monkeypatch.setattr(scripted_rail, "asks_to_start", False)
    return scripted_rail


def test_a_start_that_asks_nobody_ends_no_row_of_failures(page_rail: type[ScriptedRail]) -> None:
    for asked in range(1, FAILURES + 1):
        page_rail.error = None
        assert begin() == "pending"
        page_rail.error = DOWN
        assert ask() == asked
    assert is_resting("testrail")
    page_rail.error = None
    assert begin() == "failed"


def test_a_start_that_asks_nobody_is_not_the_one_question_after_the_rest(
    page_rail: type[ScriptedRail],
) -> None:
    page_rail.error = DOWN
    [ask() for _ in range(FAILURES)]
    rest_is_over()
    page_rail.error = None
    assert begin() == "pending"
    page_rail.error = DOWN
    assert ask() == FAILURES + 1
    assert is_resting("testrail")


@pytest.mark.parametrize("code", ["vnpay", "momo", "zalopay", "stripe"])
def test_only_vnpay_asks_nobody_to_start(code: str) -> None:
    assert registry.provider(code).asks_to_start is (code != "vnpay")


def test_the_limits_leave_time_for_the_longest_questions(settings: Any) -> None:
    assert PROBE_SECONDS > 3 * ANSWER_SECONDS
    assert inquiries.A_RUN * ANSWER_SECONDS < settings.CELERY_TASK_SOFT_TIME_LIMIT

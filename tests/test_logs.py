import io
import json
import logging
import queue
from typing import Any

import pytest
import structlog
from celery.contrib.testing.worker import start_worker
from django.conf import LazySettings
from django.test import Client

from marketplace.celery import app
from marketplace.logs import mask, mask_text
from tests.waiting import PATIENCE


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("gọi 0912 345 678 nhé", "gọi 09•••678 nhé"),
        ("+84 912.345.678", "+84 9•••678"),
        ("to=84912345678", "to=849•••678"),
        ("?q=%2B84912345678", "?q=%2B849•••678"),
        ("số TK: 123456", "số TK: •••456"),
        ('{"accountNumber":"19036987654321"}', '{"accountNumber":"•••321"}'),
        ("chuyển tới 19036987654321", "chuyển tới •••321"),
        ("/don-hang/1234567890/?khoa=a1:b2&x=1", "/don-hang/1234567890/?khoa=•••&x=1"),
    ],
)
def test_phones_accounts_and_link_keys_are_hidden(text: str, safe: str) -> None:
    assert mask_text(text) == safe


@pytest.mark.parametrize(
    "text",
    [
        "đơn 1234567890",
        "12500000 đồng",
        "2026-11-23T17:29:00.123456Z",
        "550e8400-e29b-41d4-a716-446655440000",
        "0.1234567890123",
    ],
)
def test_what_operators_search_for_stays_readable(text: str) -> None:
    assert mask_text(text) == text


def test_masking_reaches_into_nested_values_and_names() -> None:
    event = {"event": "notice", "body": {"subAccount": 123456, "who": ["0912345678"]}, "amount": 125000}
    assert mask(None, "info", event) == {
        "event": "notice",
        "body": {"subAccount": "•••456", "who": ["09•••678"]},
        "amount": 125000,
    }


@pytest.fixture
def lines() -> Any:
    """What the root logger writes, as its handler formats it."""
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logging.StreamHandler)
    written = io.StringIO()
    before = handler.setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    handler.setStream(before)


def test_a_line_is_json_and_hides_phones_in_tracebacks_too(lines: Any) -> None:
    try:
        raise ValueError("no such customer: 0912345678")
    except ValueError:
        logging.getLogger("payments").exception("failed for %s", "0912 345 678")
    (line,) = lines()
    assert line["event"] == "failed for 09•••678"
    assert line["level"] == "error"
    assert "no such customer: 09•••678" in line["exception"]


@pytest.mark.django_db
def test_every_request_leaves_one_line_with_its_id(client: Client, lines: Any) -> None:
    client.get("/healthz", {"q": "0912345678"})
    (line,) = [line for line in lines() if line["event"] == "request_finished"]
    assert line["request"] == "GET /healthz?q=09•••678"
    assert line["code"] == 200
    assert len(line["request_id"]) == 36


def test_request_id_travels_into_the_task(settings: LazySettings) -> None:
    """Through the real broker and a real worker; `solo` only so that the test can see what the task saw."""
    seen: queue.Queue[dict[str, Any]] = queue.Queue()

    @app.task(name="tests.look", ignore_result=True)
    def look() -> None:
        seen.put(structlog.contextvars.get_contextvars())

    app.conf.task_always_eager = False
    try:
        with (
            structlog.contextvars.bound_contextvars(request_id="the-request"),
            start_worker(app, pool="solo", perform_ping_check=False, queues=["tests"], shutdown_timeout=30),
        ):
            look.apply_async(queue="tests")
            context = seen.get(timeout=PATIENCE)
    finally:
        app.conf.task_always_eager = True
        app.tasks.unregister("tests.look")
    assert context["request_id"] == "the-request"

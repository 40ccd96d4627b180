import time
from http.server import BaseHTTPRequestHandler
from threading import Event
from typing import Any

import pytest

from payments.providers.base import NotSent, ProviderError
from payments.providers.transport import LARGEST_ANSWER, Transport
from tests.payments.providers.answering import HOSTS, Rail, answering, send

SECRET = {"signature": "a-key-nobody-may-log"}


def ask(rail: Rail, **limits: float) -> dict[str, object]:
    return Transport(rail.url, hosts=HOSTS, **limits).post_json("/pay", SECRET)


def refused(rail: Rail, **limits: float) -> ProviderError:
    with pytest.raises(ProviderError) as failure:
        ask(rail, **limits)
    assert not failure.value.permanent
    assert SECRET["signature"] not in str(failure.value)
    return failure.value


def test_json_and_forms_arrive_as_they_were_sent(rail: Rail) -> None:
    rail.says(lambda fields: {"heard": fields})
    transport = Transport(f"{rail.url}/base/", hosts=HOSTS)
    assert transport.post_json("/a", {"tiền": 1}) == {"heard": {"tiền": 1}}
    assert transport.post_form("/b", {"tên": "ớt & tiêu", "n": 2, "e": ""}) == {
        "heard": {"tên": "ớt & tiêu", "n": "2", "e": ""}
    }
    assert [path for path, _ in rail.asked] == ["/base/a", "/base/b"]


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b'{"resultCode": 0}'),
        (404, b"{}"),
        (200, b"<html>maintenance</html>"),
        (200, b'{"resultCode": '),
        (200, b"[]"),
        (200, b""),
        (200, b'"' + b"x" * LARGEST_ANSWER + b'"'),
    ],
)
def test_what_is_not_a_json_object_is_no_answer(rail: Rail, status: int, body: bytes) -> None:
    rail.answer = lambda handler, fields: send(handler, body, status=status)
    refused(rail)
    assert len(rail.asked) == 1


def test_a_redirect_is_not_followed(rail: Rail) -> None:
    with answering() as elsewhere:
        rail.answer = lambda handler, fields: send(
            handler, b"{}", status=307, headers={"Location": elsewhere.url}
        )
        assert "307" in str(refused(rail))
        assert not elsewhere.asked


def test_a_refusal_can_be_read_where_the_rail_explains_itself_so(rail: Rail) -> None:
    rail.answer = lambda handler, fields: send(handler, b'{"resultCode": 7000}', status=422)
    assert Transport(rail.url, hosts=HOSTS).post_json("/", {}, readable={422}) == {"resultCode": 7000}


def test_silence_ends_at_the_limit(rail: Rail) -> None:
    over = Event()
    rail.answer = lambda handler, fields: void(over.wait(5))
    took = timed(rail)
    over.set()
    assert took < 2


@pytest.mark.parametrize("headers_too", [False, True])
def test_an_answer_that_drips_ends_at_the_limit(rail: Rail, headers_too: bool) -> None:
    over = Event()

    def drip(handler: BaseHTTPRequestHandler, fields: dict[str, Any]) -> None:
        if not headers_too:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not over.wait(0.05):
            handler.wfile.write(b"X-More: 1\r\n" if headers_too else b" ")

    rail.answer = drip
    if headers_too:
        rail.answer = lambda handler, fields: (
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n"),
            drip(handler, fields),
        )[1]
    took = timed(rail)
    over.set()
    assert took < 2


def test_a_rail_that_is_not_there_is_a_failure() -> None:
    with answering() as gone:
        pass
    assert isinstance(refused(gone), NotSent)


def test_a_connection_that_breaks_after_the_question_may_have_carried_it(rail: Rail) -> None:
    rail.answer = lambda handler, fields: handler.connection.close()
    assert not isinstance(refused(rail), NotSent)
    assert len(rail.asked) == 1


@pytest.mark.parametrize(
    "url",
    [
        "",
        "momo.test",
        "file:///etc/passwd",
        "https://",
        "http://momo.test",
        "https://evil.test",
        "https://momo.test.evil.test",
        "https://evil-momo.test",
        "https://momo.test:8443",
        "https://momo.test:0x1",
        "https://momo.test@evil.test",
        "https://evil.test\\@momo.test",
        "https://ev\til.test",
        "https://mom\u043e.test",
        "//momo.test",
        "ftp://127.0.0.1",
    ],
)
def test_only_the_web_address_of_a_named_host_will_do(url: str) -> None:
    with pytest.raises(ValueError, match="not the address"):
        Transport(url, hosts=HOSTS)
    assert not HOSTS.allow(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://momo.test",
        "https://MOMO.test:443/v2?a=b#c",
        "http://127.0.0.1:8003",
        "https://zalopay.test/pay?order=a@b",
    ],
)
def test_the_rail_and_the_simulators_are_among_them(url: str) -> None:
    assert HOSTS.allow(url)


def timed(rail: Rail) -> float:
    begun = time.monotonic()
    refused(rail, answer_seconds=0.4)
    return time.monotonic() - begun


def void(_: object) -> None:
    """Answers nothing at all."""

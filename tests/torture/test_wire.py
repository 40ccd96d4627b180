"""The line to a broker that T12 cuts, between a real client and the real Valkey."""

from collections.abc import Iterator

import pytest
import redis
from django.conf import settings

from marketplace.torture.accidents.wire import CLOSED, SILENT, Wire, between


@pytest.fixture
def line() -> Iterator[Wire]:
    with between(settings.REDIS_URL) as line:
        yield line


@pytest.fixture
def client(line: Wire) -> Iterator[redis.Redis]:
    with redis.Redis.from_url(line.url, socket_timeout=0.3, retry_on_error=[]) as client:
        client.ping()
        yield client


def test_a_closed_line_breaks_what_is_open_and_lets_nobody_in(line: Wire, client: redis.Redis) -> None:
    line.cut(CLOSED)
    with pytest.raises(redis.ConnectionError):
        client.ping()
    with pytest.raises(redis.ConnectionError):
        redis.Redis.from_url(line.url).ping()


def test_a_silent_line_lets_everybody_in_and_passes_nothing_on(line: Wire, client: redis.Redis) -> None:
    line.cut(SILENT)
    for caller in (client, redis.Redis.from_url(line.url, socket_timeout=0.3)):
        with pytest.raises(redis.TimeoutError):
            caller.ping()


@pytest.mark.parametrize("how", [CLOSED, SILENT])
def test_a_mended_line_is_the_same_one_again(how: str, line: Wire, client: redis.Redis) -> None:
    line.cut(how)
    with pytest.raises((redis.ConnectionError, redis.TimeoutError)):
        client.ping()
    line.mend()
    assert client.ping()

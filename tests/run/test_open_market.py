"""What a person finds who has typed `make run`."""

import json
import re
import urllib.error

import psutil
import pytest

from marketplace.run.announcement import demo_accounts
from tests.run.running import VAR, Market, commands
from tests.waiting import PATIENCE, wait_for

STYLESHEET = re.compile(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"')


def readiness(market: Market) -> dict[str, object]:
    try:
        with market.get("/readyz") as response:
            return dict(json.load(response))
    except urllib.error.HTTPError as error:
        return dict(json.load(error))


def test_it_says_where_it_is_and_how_to_stop_it(market: Market) -> None:
    assert f"http://127.0.0.1:{market.port}/" in market.said()
    for port in market.simulators.values():
        assert f"http://127.0.0.1:{port}/" in market.said()
    assert "Stop with Ctrl-C" in market.said()


def test_it_names_an_account_for_each_role_of_the_demo(market: Market) -> None:
    for phone, role in demo_accounts():
        assert f"{phone}  {role}" in market.said()
    for word in ("buys", "sells: /ban-hang/", "runs the market: /admin/"):
        assert word in market.said()


def test_web_worker_and_beat_get_ready(market: Market) -> None:
    wait_for(lambda: bool(readiness(market)["ready"]), "all parts to be ready")


def test_it_serves_as_production_would(market: Market) -> None:
    with pytest.raises(urllib.error.HTTPError) as missing:
        market.get("/khong-co-trang-nay/")
    assert missing.value.code == 404
    assert "DEBUG" not in missing.value.read().decode()
    page = market.get("/tai-khoan/dang-nhap/")
    assert page.headers["Server"] == "granian"
    found = STYLESHEET.search(page.read().decode())
    assert found, "no hashed stylesheet on the page"
    style = market.get(found[1], Accept_Encoding="br")
    assert style.headers["Content-Encoding"] == "br"
    assert "immutable" in style.headers["Cache-Control"]


def test_every_simulator_answers_once_the_market_says_so(market: Market) -> None:
    for port in market.simulators.values():
        assert market.get("/", port=port).status == 200


def test_its_secret_is_private(market: Market) -> None:
    secret = VAR / "secret-key"
    assert secret.stat().st_mode & 0o777 == 0o600
    assert len(secret.read_text()) > 60


def test_a_second_one_is_told_that_the_first_is_open(market: Market) -> None:
    second = Market()
    assert second.wait_for_end() == 1
    assert f"already open at http://127.0.0.1:{market.port}" in second.said()
    assert "make stop" in second.said()


@pytest.mark.parametrize("words", ["celery --app marketplace", "simulators.bank"])
def test_what_crashes_is_started_again_and_that_is_said(market: Market, words: str) -> None:
    before = {process.pid for process in commands(words)}
    first = min(commands(words), key=psutil.Process.create_time)
    first.kill()
    wait_for(lambda: {p.pid for p in commands(words)} - before != set(), "a new process")
    wait_for(lambda: "ended unexpectedly (signal 9)" in market.said(), "word of the crash", seconds=PATIENCE)

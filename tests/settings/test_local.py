"""On a developer's machine the rails are those that somebody, real or pretended, answers for."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.conf import settings

from marketplace.run.configuration import SIMULATORS, port_variable


def told(tmp_path: Path, **environment: str) -> dict[str, Any]:
    names = [
        "ACCOUNT_RATE_LIMITS",
        "PAYMENT_RAILS",
        "BANK_NOTIFIERS",
        "MOMO_URL",
        "VNPAY_PAY_URL",
        "VNPAY_API_URL",
        "ZALOPAY_URL",
        "STRIPE_API_URL",
    ]
    code = "import json; from django.conf import settings as s; "
    code += f"print(json.dumps({{n: getattr(s, n) for n in {names}}}))"
    answer = subprocess.run(
        [sys.executable, "-c", code],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.local",
            "DATABASE_URL": "postgresql://cho@db.test/cho",
            "REDIS_URL": "redis://valkey.test/0",
            "VAR_DIR": str(tmp_path),
            "SITE_URL": "http://cho.test:8000",
            **environment,
        },
        capture_output=True,
        text=True,
        check=True,
    )
    read: dict[str, Any] = json.loads(answer.stdout)
    return read


def test_without_simulators_only_what_needs_none_is_offered(tmp_path: Path) -> None:
    assert told(tmp_path)["PAYMENT_RAILS"] == ["vietqr", "cash_on_delivery"]


def test_a_rail_with_a_simulator_is_offered_and_asked_there(tmp_path: Path) -> None:
    local = told(tmp_path, VNPAY_SIMULATOR_PORT="8002", MOMO_SIMULATOR_PORT="8003")
    assert local["PAYMENT_RAILS"] == ["vietqr", "momo", "vnpay", "cash_on_delivery"]
    assert local["VNPAY_PAY_URL"] == "http://cho.test:8002/paymentv2/vpcpay.html"
    assert local["VNPAY_API_URL"] == "http://cho.test:8002/merchant_webapi/api/transaction"
    assert local["MOMO_URL"] == "http://cho.test:8003"
    assert local["ZALOPAY_URL"] == "https://sb-openapi.zalopay.vn"
    assert local["BANK_NOTIFIERS"] == ["sepay", "payos", "casso"]


def test_every_simulator_of_make_run_is_the_address_of_its_rail(tmp_path: Path) -> None:
    rails = [name for name in SIMULATORS if name != "bank"]
    local = told(tmp_path, **{port_variable(name): f"80{at:02}" for at, name in enumerate(rails)})
    assert set(rails) < set(local["PAYMENT_RAILS"])
    for at, name in enumerate(rails):
        urls = [url for setting, url in local.items() if setting.startswith(name.upper())]
        assert urls and all(url.startswith(f"http://cho.test:80{at:02}") for url in urls), (name, urls)


def test_the_operators_own_words_come_first(tmp_path: Path) -> None:
    local = told(tmp_path, MOMO_SIMULATOR_PORT="8003", MOMO_URL="https://momo.test", PAYMENT_RAILS="momo")
    assert (local["PAYMENT_RAILS"], local["MOMO_URL"]) == (["momo"], "https://momo.test")


def test_every_door_keeps_its_limit(tmp_path: Path) -> None:
    limits = told(tmp_path)["ACCOUNT_RATE_LIMITS"]
    assert limits.keys() == settings.ACCOUNT_RATE_LIMITS.keys()
    assert limits["find_order"] == settings.ACCOUNT_RATE_LIMITS["find_order"]

"""Production starts with real secrets only, and with nothing of the demo."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = {
    "DJANGO_SETTINGS_MODULE": "marketplace.settings.production",
    "SECRET_KEY": "x" * 60,
    "DATABASE_URL": "postgresql://cho@db.test/cho",
    "REDIS_URL": "redis://valkey.test/0",
    "SITE_URL": "https://cho.test",
    "ALLOWED_HOSTS": "cho.test",
    "SEPAY_SECRET": "a-secret-of-our-own",
    "BANK_BIN": "970436",
    "BANK_ACCOUNT": "1903333444",
    "BANK_ACCOUNT_NAME": "CHO",
    "MONEY_DESK_EMAIL": "tien@cho.test",
    "MARKET_PHONE": "0271 123 4567",
    "DEFAULT_FROM_EMAIL": "Cho <cho@cho.test>",
    "EMAIL_HOST": "smtp.cho.test",
}


VNPAY = {
    "PAYMENT_RAILS": "vnpay",
    "VNPAY_PAY_URL": "https://pay.vnpay.test/pay",
    "VNPAY_API_URL": "https://pay.vnpay.test/api",
    "VNPAY_HOSTS": "pay.vnpay.test",
    "VNPAY_TMN_CODE": "OURS0001",
    "VNPAY_SECRET": "a-secret-of-our-own",
}


def start(shown: str = "DEMO DEBUG", **changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **GOOD, **changes}
    code = f"from django.conf import settings; print(*(getattr(settings, name) for name in {shown.split()}))"
    return subprocess.run(
        [sys.executable, "-c", code],
        env={k: v for k, v in environment.items() if v},
        capture_output=True,
        text=True,
    )


def test_it_starts_with_everything_set() -> None:
    assert start().stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    "name",
    sorted(GOOD.keys() - {"DJANGO_SETTINGS_MODULE"}),
)
def test_it_names_what_is_missing(name: str) -> None:
    answer = start(**{name: ""})
    assert answer.returncode != 0
    assert name in answer.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "short"),
        ("SECRET_KEY", "local-only-not-a-secret" * 4),
        ("SEPAY_SECRET", "sepay-demo-secret"),
        ("BANK_ACCOUNT", "0123499999"),
        ("DEBUG", "1"),
        ("BANK_SIMULATOR_PORT", "8001"),
        ("MOMO_SIMULATOR_PORT", "8003"),
    ],
)
def test_it_refuses_what_belongs_to_a_demo(name: str, value: str) -> None:
    answer = start(**{name: value})
    assert answer.returncode != 0
    assert name in answer.stderr.splitlines()[-1]


def test_a_rail_that_is_off_needs_no_account() -> None:
    answer = start(**VNPAY, SEPAY_SECRET="")
    assert answer.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VNPAY_SECRET", ""),
        ("VNPAY_SECRET", "vnpay-demo-secret"),
        ("VNPAY_TMN_CODE", "NSBPdemo"),
        ("VNPAY_API_URL", "http://pay.vnpay.test/api"),
        ("VNPAY_API_URL", "https://evil.vnpay.test/api"),
        ("PAYMENT_RAILS", "vnpay,barter"),
    ],
)
def test_a_rail_that_is_on_needs_an_account_of_our_own(name: str, value: str) -> None:
    answer = start(**{**VNPAY, name: value})
    assert answer.returncode != 0
    assert name in answer.stderr.splitlines()[-1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STRIPE_API_URL", "http://api.stripe.com"),
        ("STRIPE_API_URL", "https://api.stripe.test"),
        ("MOMO_URL", "http://127.0.0.1:8003"),
        ("ZALOPAY_URL", "https://openapi.zalopay.test"),
    ],
)
def test_a_rail_that_is_off_is_asked_at_its_own_hosts_too(name: str, value: str) -> None:
    assert name in start(**{name: value}).stderr.splitlines()[-1]


def test_the_operator_may_name_other_hosts() -> None:
    answer = start(STRIPE_API_URL="https://api.stripe.test", STRIPE_HOSTS="api.stripe.test,pay.cho.test")
    assert answer.stdout.split() == ["False", "False"]


def test_only_one_may_report_the_transfers() -> None:
    answer = start(BANK_NOTIFIERS="sepay,casso", CASSO_SECRET="a-secret-of-our-own")
    assert "BANK_NOTIFIERS" in answer.stderr.splitlines()[-1]


MAIL = "EMAIL_HOST EMAIL_PORT EMAIL_HOST_USER EMAIL_HOST_PASSWORD EMAIL_USE_TLS EMAIL_USE_SSL"


@pytest.mark.parametrize(
    ("set_by_the_operator", "used"),
    [
        ({}, "smtp.cho.test 587   True False"),
        (
            {"EMAIL_HOST_USER": "cho", "EMAIL_HOST_PASSWORD": "mat-khau", "EMAIL_USE_SSL": "1"},
            "smtp.cho.test 465 cho mat-khau False True",
        ),
        (
            {"EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": "25", "EMAIL_USE_TLS": "0"},
            "127.0.0.1 25   False False",
        ),
    ],
)
def test_the_mail_server_is_the_operators(set_by_the_operator: dict[str, str], used: str) -> None:
    assert start(MAIL, **set_by_the_operator).stdout.rstrip("\n") == used


def test_a_mail_server_has_one_kind_of_tls() -> None:
    assert "EMAIL_USE_SSL" in start(EMAIL_USE_SSL="1", EMAIL_USE_TLS="1").stderr.splitlines()[-1]


def test_the_example_names_every_variable_that_is_needed_and_can_be_sourced() -> None:
    example = Path(__file__).parents[2] / "deploy" / "nongsan.env.example"
    said = subprocess.run(["sh", "-ec", f"set -a; . {example}; env -0"], capture_output=True, text=True)
    assert (said.returncode, said.stderr) == (0, "")
    variables = dict(line.split("=", 1) for line in said.stdout.split("\0") if line)
    assert variables.keys() >= GOOD.keys()
    assert variables["DEFAULT_FROM_EMAIL"].endswith("<khong-tra-loi@example.vn>")

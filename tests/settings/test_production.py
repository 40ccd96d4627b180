"""Production starts with real secrets only, and with nothing of the demo."""

import os
import subprocess
import sys

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
    "BANK_ACCOUNT": "0123499999",
    "BANK_ACCOUNT_NAME": "CHO",
}


VNPAY = {
    "PAYMENT_RAILS": "vnpay",
    "VNPAY_PAY_URL": "https://pay.vnpay.test/pay",
    "VNPAY_API_URL": "https://pay.vnpay.test/api",
    "VNPAY_HOSTS": "pay.vnpay.test",
    "VNPAY_TMN_CODE": "OURS0001",
    "VNPAY_SECRET": "a-secret-of-our-own",
}


def start(**changes: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **GOOD, **changes}
    code = "from django.conf import settings; print(settings.DEMO, settings.DEBUG)"
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
    ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "SITE_URL", "ALLOWED_HOSTS", "SEPAY_SECRET", "BANK_ACCOUNT"],
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
    answer = start(**VNPAY, SEPAY_SECRET="", BANK_ACCOUNT="")
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

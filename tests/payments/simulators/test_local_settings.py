"""What local settings name is what the pretended rails serve, with the keys that both have when nobody sets any."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.payments.simulators.gateways import URLS, only_charge
from tests.payments.simulators.processes import opened, start

SITE = "http://127.0.0.1:8000"
ASKED = """
import sys
from datetime import timedelta

import django
from django.utils import timezone

django.setup()

from payments.providers.base import Charge
from payments.providers.registry import provider

rail, now = provider(sys.argv[1]), timezone.now()
charge = Charge(
    reference="BPABCD2345",
    amount=150_000,
    opened_at=now,
    expires_at=now + timedelta(minutes=15),
    description="Đơn hàng BPABCD2345",
    return_url="http://127.0.0.1:8000/don-hang/BP1/",
    notify_url=f"http://127.0.0.1:8000/thanh-toan/{sys.argv[1]}/ipn",
)
print(rail.start(charge).redirect_url, flush=True)
input()  # until the buyer has seen the page: VNPAY knows nothing of the charge before
print(rail.fetch(charge).outcome)
"""


@pytest.mark.parametrize("rail", URLS)
def test_a_charge_begins_and_is_asked_about_at_the_pretended_rail(rail: str, tmp_path: Path) -> None:
    with opened(start(rail, "--port", "0", "--site", SITE)) as gateway:
        market = ask(rail, gateway.base_url.port, tmp_path)
        assert market.stdin is not None and market.stdout is not None
        page = gateway.get(market.stdout.readline().strip(), follow_redirects=True)
        assert "150.000" in page.raise_for_status().text
        assert only_charge(gateway)["reference"].endswith("BPABCD2345")
        assert market.communicate("\n", timeout=30)[0].strip() == "pending"


def ask(rail: str, port: int | None, folder: Path) -> "subprocess.Popen[str]":
    """A market on this machine, as `make run` starts it, that wants a payment by ``rail``."""
    return subprocess.Popen(
        [sys.executable, "-c", ASKED, rail],
        env={
            "PATH": os.environ["PATH"],
            "DJANGO_SETTINGS_MODULE": "marketplace.settings.local",
            "DATABASE_URL": "postgresql://cho@db.test/cho",
            "REDIS_URL": "redis://valkey.test/0",
            "VAR_DIR": str(folder),
            "SITE_URL": SITE,
            f"{rail.upper()}_SIMULATOR_PORT": str(port),
        },
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

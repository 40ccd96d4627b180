"""The Stripe simulator as a real process."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator

import httpx

KEY = "sk_test_demo_of_the_tests"
WEBHOOK_SECRET = "whsec_demo_of_the_tests"
SITE = "http://shop.test:8000"


@contextlib.contextmanager
def open_stripe(notify: str, *, site: str = SITE) -> Iterator[httpx.Client]:
    """A client, with our key, of a freshly started simulator that notifies ``notify``."""
    process = subprocess.Popen(
        [sys.executable, "-m", "payments.simulators.stripe", "--port", "0", "--notify", notify],
        env={
            **os.environ,
            "STRIPE_SECRET_KEY": KEY,
            "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "SITE_URL": site,
        },
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    address = process.stderr.readline().split()[2]
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=address, timeout=40, trust_env=False, headers=headers) as client:
        yield client
    process.terminate()
    assert process.wait(10) == 0

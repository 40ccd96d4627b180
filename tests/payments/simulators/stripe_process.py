"""The Stripe simulator as a real process."""

import contextlib
from collections.abc import Iterator

import httpx

from tests.payments.simulators.processes import SITE, opened, start

KEY = "sk_test_demo_of_the_tests"
WEBHOOK_SECRET = "whsec_demo_of_the_tests"


@contextlib.contextmanager
def open_stripe(notify: str) -> Iterator[httpx.Client]:
    """A client, with our key, of a freshly started simulator that notifies ``notify``."""
    secrets = {"STRIPE_SECRET_KEY": KEY, "STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET, "SITE_URL": SITE}
    with opened(start("stripe", "--port", "0", "--notify", notify, **secrets)) as stripe:
        stripe.headers["Authorization"] = f"Bearer {KEY}"
        stripe.timeout = 40
        yield stripe

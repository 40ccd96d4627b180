"""How Stripe tells the shop of an event: signed at every attempt, repeated for up to three days."""

import hashlib
import hmac
import json
import time

from payments.simulators.deliveries import Plan, Request
from payments.simulators.stripe.wire import Json

PLAN = Plan(minutes=(0, 1, 5, 30, 120, 360, 720, 1440, 2880, 4320), answer_seconds=20)
"""Three days, further and further apart; Stripe publishes the three days, not the steps."""


def webhook(url: str, event: Json, secret: str) -> Request:
    """Signed with the real time, so that late attempts are fresh when they come."""
    body = json.dumps(event, indent=2, ensure_ascii=False).encode()
    at = str(int(time.time()))
    mac = hmac.new(secret.encode(), at.encode() + b"." + body, hashlib.sha256)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        "Stripe-Signature": f"t={at},v1={mac.hexdigest()}",
    }
    return Request(url, body, headers)

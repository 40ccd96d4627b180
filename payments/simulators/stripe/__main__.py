"""``python -m payments.simulators.stripe``: run the Stripe simulator until SIGTERM or Ctrl-C."""

import argparse
import os
import sys

from payments.simulators.process import Program, run
from payments.simulators.shop import Shop
from payments.simulators.stripe.account import Account
from payments.simulators.stripe.server import StripeServer

PROGRAM = Program(name="stripe", title="Stripe", port=8105, notify="/thanh-toan/stripe/ipn")


def build(options: argparse.Namespace) -> StripeServer:
    account = Account(
        Shop(options.site, options.notify),
        secret_key=os.environ.get("STRIPE_SECRET_KEY", "sk_test_demo"),
        webhook_secret=os.environ.get("STRIPE_WEBHOOK_SECRET", "whsec_demo"),
    )
    return StripeServer((options.host, options.port), account)


if __name__ == "__main__":
    sys.exit(run(PROGRAM, build))

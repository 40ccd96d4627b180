"""``python -m payments.simulators.stripe``: run the Stripe simulator until SIGTERM or Ctrl-C."""

import argparse
import logging
import os
import signal
import sys
import threading

from payments.simulators.stripe.account import Account, Config
from payments.simulators.stripe.deliveries import Clock, Courier
from payments.simulators.stripe.server import Server


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="stripe simulator: %(message)s")
    if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        logging.error("a pretended Stripe has no place in production")
        return 1
    options = _options()
    account = Account(_config(options), Courier(options.notify, Clock()))
    try:
        server = Server((options.host, options.port), account)
    except OSError as error:
        logging.error("cannot listen on %s:%s: %s", options.host, options.port, error)
        return 1
    logging.info("http://%s:%s notifies %s", *server.server_address[:2], options.notify)
    _serve(server)
    return 0


def _options() -> argparse.Namespace:
    env = os.environ.get
    site = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    parser = argparse.ArgumentParser(description="A pretended Stripe: Checkout, payments, refunds, webhooks.")
    parser.add_argument("--host", default=env("SIMULATOR_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(env("STRIPE_SIMULATOR_PORT", "8105")))
    parser.add_argument("--notify", default=f"{site}/thanh-toan/stripe/ipn", help="the only address notified")
    parser.add_argument("--site", default=site, help="the shop, where buyers are sent back to")
    return parser.parse_args()


def _config(options: argparse.Namespace) -> Config:
    return Config(
        secret_key=os.environ.get("STRIPE_SECRET_KEY", "sk_test_demo"),
        webhook_secret=os.environ.get("STRIPE_WEBHOOK_SECRET", "whsec_demo"),
        site_url=options.site,
    )


def _serve(server: Server) -> None:
    stopped = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopped.set())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    stopped.wait()
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())

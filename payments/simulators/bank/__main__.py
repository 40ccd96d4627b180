"""``python -m payments.simulators.bank``: run the bank simulator until SIGTERM or Ctrl-C."""

import argparse
import logging
import os
import signal
import sys
import threading

from payments.simulators.bank.server import Server
from payments.simulators.bank.simulator import Config, Simulator


def main() -> int:
    logging.basicConfig(level=logging.INFO, format="bank simulator: %(message)s")
    if os.environ.get("DJANGO_SETTINGS_MODULE", "").endswith(".production"):
        logging.error("a pretended bank has no place in production")
        return 1
    options = _options()
    config = Config(notify_url=options.notify, site_url=options.site, secret=options.secret)
    try:
        server = Server((options.host, options.port), Simulator(config))
    except OSError as error:
        logging.error("cannot listen on %s:%s: %s", options.host, options.port, error)
        return 1
    logging.info("http://%s:%s notifies %s", *server.server_address[:2], config.notify_url)
    _serve(server)
    return 0


def _options() -> argparse.Namespace:
    env = os.environ.get
    site = env("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
    parser = argparse.ArgumentParser(description="A pretended bank app that notifies the shop as SePay does.")
    parser.add_argument("--host", default=env("SIMULATOR_HOST", "127.0.0.1"))
    parser.add_argument("--port", type=int, default=int(env("BANK_SIMULATOR_PORT", "8100")))
    parser.add_argument("--notify", default=f"{site}/thanh-toan/sepay/ipn", help="the only address notified")
    parser.add_argument("--site", default=site, help="the shop, for the link back")
    options = parser.parse_args()
    options.secret = env("SEPAY_SECRET", "sepay-demo-secret")
    return options


def _serve(server: Server) -> None:
    stopped = threading.Event()
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: stopped.set())
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    stopped.wait()
    server.shutdown()


if __name__ == "__main__":
    sys.exit(main())

"""``python -m payments.simulators.zalopay``: run the ZaloPay simulator until SIGTERM or Ctrl-C."""

import argparse
import os
import sys

from payments.simulators.gateway.server import GatewayServer
from payments.simulators.process import Program, run
from payments.simulators.shop import Shop
from payments.simulators.zalopay.rail import ZaloPay

PROGRAM = Program(name="zalopay", title="ZaloPay", port=8104, notify="/thanh-toan/zalopay/ipn")


def build(options: argparse.Namespace) -> GatewayServer:
    env = os.environ.get
    rail = ZaloPay(
        Shop(options.site, options.notify),
        app_id=int(env("ZALOPAY_APP_ID", "2553")),
        key1=env("ZALOPAY_KEY1", "zalopay-demo-key1"),
        key2=env("ZALOPAY_KEY2", "zalopay-demo-key2"),
    )
    return GatewayServer((options.host, options.port), rail)


if __name__ == "__main__":
    sys.exit(run(PROGRAM, build))

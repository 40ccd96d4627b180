"""``python -m payments.simulators.vnpay``: run the VNPAY simulator until SIGTERM or Ctrl-C."""

import argparse
import os
import sys

from payments.simulators.gateway.server import GatewayServer
from payments.simulators.process import Program, run
from payments.simulators.shop import Shop
from payments.simulators.vnpay.rail import VNPay

PROGRAM = Program(name="vnpay", title="VNPAY", port=8102, notify="/thanh-toan/vnpay/ipn")


def build(options: argparse.Namespace) -> GatewayServer:
    env = os.environ.get
    rail = VNPay(
        Shop(options.site, options.notify),
        tmn_code=env("VNPAY_TMN_CODE", "NSBPdemo"),
        secret=env("VNPAY_SECRET", "vnpay-demo-secret"),
    )
    return GatewayServer((options.host, options.port), rail)


if __name__ == "__main__":
    sys.exit(run(PROGRAM, build))

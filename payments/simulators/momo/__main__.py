"""``python -m payments.simulators.momo``: run the MoMo simulator until SIGTERM or Ctrl-C."""

import argparse
import os
import sys

from payments.simulators.gateway.server import GatewayServer
from payments.simulators.momo.rail import MoMo
from payments.simulators.process import Program, run
from payments.simulators.shop import Shop

PROGRAM = Program(name="momo", title="MoMo", port=8103, notify="/thanh-toan/momo/ipn")


def build(options: argparse.Namespace) -> GatewayServer:
    env = os.environ.get
    rail = MoMo(
        Shop(options.site, options.notify),
        partner_code=env("MOMO_PARTNER_CODE", "MOMOdemo"),
        access_key=env("MOMO_ACCESS_KEY", "momo-demo-access-key"),
        secret=env("MOMO_SECRET", "momo-demo-secret"),
    )
    return GatewayServer((options.host, options.port), rail)


if __name__ == "__main__":
    sys.exit(run(PROGRAM, build))

"""``python -m payments.simulators.bank``: run the bank simulator until SIGTERM or Ctrl-C."""

import argparse
import os
import sys

from payments.simulators.bank.notifiers import notifiers
from payments.simulators.bank.server import BankServer
from payments.simulators.bank.simulator import Config, Simulator
from payments.simulators.process import Program, run

PROGRAM = Program(name="bank", title="bank", port=8100, notify="/thanh-toan/{notifier}/ipn")


def build(options: argparse.Namespace) -> BankServer:
    env = os.environ.get
    chosen = notifiers(
        env("BANK_SIMULATOR_NOTIFIERS") or "sepay",
        options.notify,
        {
            "sepay": env("SEPAY_SECRET", "sepay-demo-secret"),
            "payos": env("PAYOS_CHECKSUM_KEY", "payos-demo-checksum-key"),
            "casso": env("CASSO_SECRET", "casso-demo-secret"),
        },
    )
    return BankServer((options.host, options.port), Simulator(Config(chosen, options.site)))


if __name__ == "__main__":
    sys.exit(run(PROGRAM, build))

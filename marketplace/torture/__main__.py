"""`make torture`: attacks on money, on a scratch database; a JSON summary, exit 1 on any difference."""

import argparse
import json
import os
import sys
import time
import traceback
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from importlib import import_module
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from marketplace.torture.findings import Finding

ATTACKS = {
    "T5": "t5_double_tap",
    "T6": "t6_notifications",
    "T7": "t7_contradictions",
    "T8": "t8_killed_workers",
    "T9": "t9_killed_checkout",
    "T11": "t11_cut_commits",
    "T12": "t12_no_broker",
    "T14": "t14_bad_gateway",
    "T21": "t21_state_machine",
    "T26": "t26_two_beats",
    "T27": "t27_killed_payouts",
}

WITHOUT_MARKET = ("T5", "T7", "T11", "T12", "T14", "T21", "T26")
"""They open markets of their own, beside a rail or a broker that is theirs."""


def main(arguments: Sequence[str] | None = None) -> int:
    options = options_of(arguments)
    os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.torture.settings"
    os.environ.setdefault("LOG_LEVEL", "CRITICAL")
    django.setup()

    from marketplace.bench.database import scratch_database
    from marketplace.torture.market import stock_the_market

    with scratch_database("nongsan_torture"):
        stock_the_market()
        return attack_all(options)


def attack_all(options: argparse.Namespace) -> int:
    """On copies of the stocked market that Django points at; the exit code."""
    return report(options, [run(name, options) for name in options.only])


def report(options: argparse.Namespace, findings: Sequence["Finding"]) -> int:
    """Prints the summary. The exit code: 1 if an attack does not hold."""
    summary = {
        "seed": options.seed,
        "small": options.small,
        "strict": options.strict,
        "attacks": [finding.as_dict() for finding in findings],
    }
    print(json.dumps(summary, ensure_ascii=False, indent=2, default=str))  # noqa: T201
    return 0 if all(finding.holds for finding in findings) else 1


def run(name: str, options: argparse.Namespace) -> "Finding":
    begun = time.monotonic()
    finding = _finding_of(name, options)
    finding.strict = options.strict
    finding.figures["all_seconds"] = round(time.monotonic() - begun, 1)
    words = "holds" if finding.holds else "DOES NOT HOLD"
    print(f"{name} {words}, {finding.figures['all_seconds']} s", file=sys.stderr)  # noqa: T201
    return finding


def _finding_of(name: str, options: argparse.Namespace) -> "Finding":
    """On a copy of its own, so that what the attack breaks on purpose ends with it.

    An attack that crashes does not hold, nor does one whose market or rail does not start, which ends in a
    SystemExit; the findings of the others are printed all the same.
    """
    from django.db import connection

    from marketplace.bench.database import copied_database
    from marketplace.torture.findings import Finding

    try:
        # late: it needs the settings
        attack = import_module(f"marketplace.torture.attacks.{ATTACKS[name]}").attack
        with (
            copied_database(f"{connection.settings_dict['NAME']}_copy"),
            _market(name, options.port) as address,
        ):
            found: Finding = attack(address, small=options.small, seed=options.seed)
            return found
    except (Exception, SystemExit):  # noqa: BLE001  whatever it is, it is a finding
        return Finding(name, differences=[f"crashed: {traceback.format_exc()}"])


def _market(name: str, port: int) -> AbstractContextManager[str]:
    from marketplace.torture.market import open_market

    return nullcontext("") if name in WITHOUT_MARKET else open_market(port)


def options_of(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="seconds instead of minutes, as in CI")
    parser.add_argument(
        "--strict", action="store_true", help="limits as they are asked for, on a quiet machine"
    )
    parser.add_argument("--only", nargs="+", choices=ATTACKS, default=list(ATTACKS), metavar="T6")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--port", type=int, default=8791)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())

"""`make torture`: attacks on money, on a scratch database, over HTTP; a JSON summary, exit 1 on any difference."""

import argparse
import json
import os
import sys
import time

import django

ATTACKS = {
    "T5": "t5_double_tap",
    "T6": "t6_notifications",
}


def main() -> int:
    options = _options()
    os.environ["DJANGO_SETTINGS_MODULE"] = "marketplace.torture.settings"
    os.environ.setdefault("LOG_LEVEL", "CRITICAL")
    django.setup()
    findings = _run_all(options)
    summary = {"seed": options.seed, "small": options.small, "attacks": findings}
    print(json.dumps(summary, ensure_ascii=False, indent=2, default=str))  # noqa: T201
    return 0 if all(finding["holds"] for finding in findings) else 1


def _run_all(options: argparse.Namespace) -> list[dict[str, object]]:
    from marketplace.bench.database import scratch_database
    from marketplace.torture.market import stock_the_market

    with scratch_database("nongsan_torture"):
        stock_the_market()
        return [_run(name, options) for name in options.only]


def _run(name: str, options: argparse.Namespace) -> dict[str, object]:
    """Each attack on a market of its own, so that what it breaks on purpose ends with it."""
    from importlib import import_module

    from marketplace.bench.database import copied_database
    from marketplace.torture.market import open_market

    attack = import_module(f"marketplace.torture.{ATTACKS[name]}").attack
    with copied_database("nongsan_tortured"), open_market(options.port) as address:
        begun = time.monotonic()
        finding = attack(address, small=options.small, seed=options.seed)
        finding.figures["all_seconds"] = round(time.monotonic() - begun, 1)
    found: dict[str, object] = finding.as_dict()
    return found


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="seconds instead of minutes, as in CI")
    parser.add_argument("--only", nargs="+", choices=ATTACKS, default=list(ATTACKS), metavar="T6")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--port", type=int, default=8791)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: our pages against a bare Django view, same server, same two workers, same run.

Prints the table of docs/performance.md and marks what falls short. Needs wrk (Debian: apt-get install wrk).
"""

import argparse
import importlib.util
import os
import shutil
import sys

import django


def main() -> int:
    options = _options()
    if shutil.which("wrk") is None:
        return _refuse("The bench needs wrk: apt-get install wrk")
    if importlib.util.find_spec(options.server) is None:
        return _refuse(f"{options.server} is not installed here: make install")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.local")
    os.environ.setdefault("LOG_LEVEL", "ERROR")
    django.setup()
    from django.core.management import call_command

    from marketplace.bench import database, measure, report  # need the settings

    call_command("collectstatic", interactive=False, verbosity=0)
    with database.scratch_database() as url:
        markets = [measure.market(size, url, options) for size in sorted(options.products)]
    table = list(report.lines(markets, options.server))
    print("\n".join(table))  # noqa: T201
    return 1 if options.strict and any(report.SHORT in line for line in table) else 0


def _refuse(words: str) -> int:
    print(words)  # noqa: T201
    return 1


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, nargs="+", default=[1_000, 10_000], metavar="N")
    parser.add_argument(
        "--seconds", type=int, default=5, help="of load for each figure, and as many of the bare view"
    )
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--server", choices=("granian", "gunicorn"), default="gunicorn")
    parser.add_argument("--strict", action="store_true", help="exit 1 when a target is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

"""`make bench`: our pages against a bare Django view, same server, same two workers, same run.

Prints a table of ratios and marks what falls short of TARGETS. Needs wrk (Debian: apt-get install wrk).
"""

import argparse
import os
import shutil
import sys

import django

#: c=16 share of the bare view's requests a second that each page should reach; docs/performance.md has the reasons
TARGETS = {
    "list, cached": 55,
    "product, cached": 55,
    "list": 12,
    "category": 12,
    "product": 12,
    "search": 10,
}


def main() -> int:
    options = _options()
    if shutil.which("wrk") is None:
        print("The bench needs wrk: apt-get install wrk")  # noqa: T201
        return 1
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "marketplace.settings.local")
    django.setup()
    from marketplace.bench import measure  # needs the settings

    with measure.scratch_database() as url:
        short = [name for size in options.products for name in measure.market(size, url, options, TARGETS)]
    return 1 if short and options.strict else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--products", type=int, nargs="+", default=[1_000, 10_000], metavar="N")
    parser.add_argument("--seconds", type=int, default=5, help="of load for each figure")
    parser.add_argument("--port", type=int, default=8790)
    parser.add_argument("--strict", action="store_true", help="exit 1 when a target is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

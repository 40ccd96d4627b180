"""The market an attack meets: filled, served over HTTP, and read back afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from django.conf import settings
from django.core.management import call_command
from django.db import connections

from catalogue.models import Listing
from farmers.partner.models import StockRecord
from marketplace.bench.database import current_url
from marketplace.bench.fill import fill
from marketplace.bench.servers import OURS, served
from marketplace.outbox import tasks
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import Job

SETTINGS = "marketplace.torture.settings"
QUEUE = "torture"
AT_ONCE = 8
"""Requests at the same moment, where it need not be more: a web worker has as many threads."""
PREFORK = {"GUNICORN_CMD_ARGS": f"--preload --threads {AT_ONCE} --log-level critical"}
SHELF = 40
"""Products in the market; enough for baskets of several farms."""
ENOUGH = 1_000_000
"""Packs of each: stock has its own attacks."""


def stock_the_market(products: int = SHELF) -> None:
    """Products that nobody can buy up, and the rules of a market that is open. Needs load_places and load_tariff."""
    fill(products)
    call_command("load_rules", verbosity=0)
    StockRecord.objects.update(num_in_stock=ENOUGH)


def durable_products(count: int) -> list[int]:
    """Primary keys of products that keep long enough for any destination."""
    found = Listing.objects.filter(crop__keeps_days__gte=90).available().order_by("pk")
    return list(found.values_list("pk", flat=True)[:count])


@contextmanager
def open_market(port: int, **extra: str) -> Iterator[str]:
    """Serve the database that Django points at; yields the address. What it left in Valkey is removed.

    gunicorn forks its workers from a process that has loaded the market: a killed one is replaced at once.
    `extra` joins their environment.
    """
    tasks.nudge = no_nudge
    address = f"http://127.0.0.1:{port}"
    try:
        with served("gunicorn", OURS, port, {**environment(), **PREFORK, "SITE_URL": address, **extra}):
            yield address
    finally:
        redis.from_url(settings.REDIS_URL).delete(QUEUE)


def environment() -> dict[str, str]:
    """For other programs of the attacked market. What is sealed here they can open."""
    return {
        "DATABASE_URL": current_url(),
        "DJANGO_SETTINGS_MODULE": SETTINGS,
        "REDIS_URL": settings.REDIS_URL,
        "SECRET_KEY": settings.SECRET_KEY,
    }


def no_nudge() -> None:
    """No worker runs beside an attack; it delivers the outbox itself, when its plan says so."""


def drain() -> int:
    """Deliver the outbox until nothing is due; returns the jobs that failed or wait for a person."""
    while deliver_due():
        pass
    connections.close_all()
    return Job.objects.exclude(state=Job.State.DONE).count()

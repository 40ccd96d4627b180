"""Builds the demo market from its records, step by step; what is there already is left alone."""

import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from typing import TypeVar

from django.core.management import call_command
from django.db import transaction

from marketplace.demo import pages, pictures, records
from marketplace.demo.orders import add_order, missing_orders
from marketplace.demo.people import add_person, add_staff
from marketplace.demo.products import add_product, missing_products, show_products
from marketplace.demo.sellers import add_certificate, add_payout_account, add_seller

Row = TypeVar("Row")

#: commands of the rooms whose lists the market needs
LOADERS = [
    "load_places",
    "load_crops",
    "load_tariff",
    "load_rules",
]


@dataclass(frozen=True)
class Progress:
    step: str
    done: int
    total: int


def build(market: records.Records) -> Iterator[Progress]:
    """Each row in a transaction of its own: a build that was killed goes on where it stopped."""
    album = cache(pictures.add_picture)
    yield from _each("places, crops and freight", LOADERS, partial(call_command, stdout=io.StringIO()))
    yield from _each("staff", market.staff, add_staff)
    yield from _each("buyers", market.buyers, add_person)
    yield from _each("sellers", market.sellers, partial(add_seller, album=album))
    yield from _each("payout accounts", market.sellers, add_payout_account)
    yield from _each("products", missing_products(market.products), partial(add_product, album=album))
    yield from _each("certificates", market.certificates, add_certificate)
    show_products()
    yield from _each("pages", [market], partial(pages.add_pages, album=album))
    for done, total in pictures.make_renditions():
        yield Progress("pictures", done, total)
    show_products()
    yield from _each("orders", missing_orders(market), add_order)


def _each(step: str, rows: Iterable[Row], add: Callable[[Row], object]) -> Iterator[Progress]:
    rows = list(rows)
    for done, row in enumerate(rows, start=1):
        with transaction.atomic():
            add(row)
        yield Progress(step, done, len(rows))

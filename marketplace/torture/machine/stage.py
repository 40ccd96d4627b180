"""What the machine plays on: a served market, a pretended VNPAY and bank, and people who have signed in."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import redis
from django.conf import settings
from django.test import override_settings

from farmers.partner.models import Partner, StockRecord
from marketplace.bench.database import kept_database
from marketplace.torture.given import farms
from marketplace.torture.market import durable_products
from marketplace.torture.people.guest import Guest
from marketplace.torture.people.signed_in import APPROVER, MAKER, Farmer, Staff, farmer_of, staff_of
from marketplace.torture.rails.beside import rail_and_market
from marketplace.torture.rails.pretended import Rail, pretended

SHELF, PACKS = 4, 5
"""Products, and how many packs there are of each: stock runs out soon."""


@dataclass
class Stage:
    """Whose cookies are kept from one example to the next, as the rows of their sessions are."""

    market: str
    bank: Rail
    vnpay: Rail
    shelf: list[int]
    maker: Staff
    approver: Staff
    #: by the keys of their farms
    farmers: dict[int, Farmer]
    #: by the numbers of their orders
    buyers: dict[str, Guest] = field(default_factory=dict)
    #: what any example led to
    reached: set[str] = field(default_factory=set)
    _restore: Callable[[], object] = list

    @contextmanager
    def kept(self) -> Iterator[None]:
        """begin_anew() comes back to what is so now."""
        with kept_database() as self._restore:
            yield

    def begin_anew(self) -> None:
        self._restore()
        with redis.from_url(settings.REDIS_URL) as valkey:
            for key in valkey.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*"):
                valkey.delete(key)


@contextmanager
def set_up(which: int) -> Iterator[Stage]:
    """On the database that Django points at; `which` of several stages of this attack."""
    prefix = f"torture_{which}"
    cache = {"default": settings.CACHES["default"] | {"KEY_PREFIX": prefix}}
    shelf = durable_products(SHELF)
    owners = _stocked(shelf)
    with (
        override_settings(CACHES=cache),
        rail_and_market("vnpay", TORTURE_PREFIX=prefix) as (vnpay, market),
        pretended("bank", market=market) as bank,
    ):
        yield Stage(
            market=market,
            bank=bank,
            vnpay=vnpay,
            shelf=shelf,
            maker=staff_of(market, MAKER),
            approver=staff_of(market, APPROVER),
            farmers={farm.pk: farmer_of(market, farm) for farm in owners},
        )


def _stocked(shelf: list[int]) -> list[Partner]:
    """Whose the products are. Their payout accounts were named long ago."""
    records = StockRecord.objects.filter(product__in=shelf)
    records.update(num_in_stock=PACKS)
    owners = list(Partner.objects.filter(stockrecords__in=records).distinct().order_by("pk"))
    for farm in owners:
        farms.give_account(farm)
    return owners

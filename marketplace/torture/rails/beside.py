"""A pretended rail beside a market: each knows where the other is."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.test import override_settings

from marketplace.embedded.ports import free_port
from marketplace.torture.market import open_market
from marketplace.torture.rails.pretended import Rail, pretended


@contextmanager
def rail_and_market(name: str, **extra: str) -> Iterator[tuple[Rail, str]]:
    """So does this process, whose jobs ask the rail too. `extra`: see open_market."""
    port = free_port()
    with (
        pretended(name, market=f"http://127.0.0.1:{port}") as rail,
        open_market(port, **rail.settings, **extra) as market,
        override_settings(**rail.settings),
    ):
        yield rail, market

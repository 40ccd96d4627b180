"""Guests who order over HTTP, several at once."""

import random
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from marketplace.torture.market import AT_ONCE, durable_products
from marketplace.torture.people.guest import Guest
from payments.models import Payment


def orders(market: str, count: int, dice: random.Random, *, rail: str = "vietqr") -> list[Payment]:
    """The open attempts of `count` new orders, a pack of any product each."""
    shelf = durable_products(20)
    return order_all(market, [dice.choice(shelf) for _ in range(count)], rail=rail)


def order_all(market: str, products: Sequence[int], *, rail: str = "vietqr") -> list[Payment]:
    """The open attempt of each new order, one pack of one of `products` each, in their order."""

    def order(product: int) -> str:
        guest = Guest(market)
        form = guest.fill_in_checkout(product)
        form.fields["payment"] = rail
        return guest.press(form).where

    with ThreadPoolExecutor(AT_ONCE) as pool:
        pages = list(pool.map(order, products))
    numbers = [page.removeprefix("/don-hang/").partition("/")[0] for page in pages]
    found = {one.order.number: one for one in Payment.objects.filter(order__number__in=numbers)}
    return [found[number] for number in numbers]

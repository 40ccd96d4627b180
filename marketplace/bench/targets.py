"""What we want to reach: the ratios and statement counts that docs/performance.md gives reasons for."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Target:
    """`share`: least per cent of the bare view's requests a second; `statements`: most SQL of one request.

    `growth`: how many times the time of one request may grow from the smallest to the largest market.
    `cached`: the page comes from the worker's memory; otherwise every request is a new address.
    """

    share: float
    statements: int
    growth: float = 1.3
    cached: bool = False


CACHED = Target(share=55, statements=0, growth=1.3, cached=True)
PAGES = {
    "home, cached": CACHED,
    "list, cached": CACHED,
    "category, cached": CACHED,
    "product, cached": CACHED,
    "list": Target(share=12, statements=4),
    "category": Target(share=12, statements=4),
    "product": Target(share=12, statements=6),
    "search": Target(share=10, statements=3, growth=3),
    "search, nothing": Target(share=0, statements=3, growth=3),
    "suggestions": Target(share=15, statements=1, growth=2),
}
#: products from which a search may be slower than PAGES says
LARGE, LARGE_SEARCH = 100_000, 6.0

#: step of a purchase -> most SQL statements; those that begin and end transactions are left out
STEPS = {
    "basket, 1 line": 12,
    "basket, 5 lines": 12,
    "basket, 15 lines": 12,
    "add to basket": 10,
    "place order, 3 farms, 6 lines": 30,
    "whole guest purchase": 70,
}
#: milliseconds that the answers of a whole guest purchase may take together, one guest at a time
PURCHASE_MS = 100
#: megabytes of the largest web worker at its peak
WORKER_MB = 130


def share_wanted(name: str, products: int) -> float:
    return LARGE_SEARCH if name == "search" and products >= LARGE else PAGES[name].share

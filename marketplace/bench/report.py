"""The table of what was measured, with what falls short marked."""

from collections.abc import Iterator, Sequence

from marketplace.bench import targets
from marketplace.bench.measure import Market

SHORT = "  SHORT"


def lines(markets: Sequence[Market], server: str) -> Iterator[str]:
    """Every line of the table, one market after the other; then how each page grew."""
    for market in markets:
        yield f"\n{market.products} products on {server}; bare view {market.bare:.0f} requests/s = 100 %"
        yield from _pages(market)
        yield from _steps(market)
    if len(markets) > 1:
        yield from _growth(markets[0], markets[-1])


def _pages(market: Market) -> Iterator[str]:
    for name, target in targets.PAGES.items():
        wanted, share = targets.share_wanted(name, market.products), market.shares[name]
        asked = market.statements.get(name, 0)
        short = share < wanted or asked > target.statements
        yield (
            f"  {name:17} {share:6.1f} % (≥ {wanted:g})  {asked:2} SQL (≤ {target.statements})"
            f"  {market.medians[name]:6.2f} ms{SHORT if short else ''}"
        )


def _steps(market: Market) -> Iterator[str]:
    for name, most in targets.STEPS.items():
        asked = market.statements[name]
        yield f"  {name:31} {asked:3} SQL (≤ {most}){SHORT if asked > most else ''}"
    basket = {market.statements[name] for name in targets.STEPS if name.startswith("basket")}
    if len(basket) > 1:
        yield f"  the basket's statements grow with its lines{SHORT}"
    slow = SHORT if market.purchase > targets.PURCHASE_MS else ""
    yield f"  {'guest purchase over HTTP':31} {market.purchase:3.0f} ms (≤ {targets.PURCHASE_MS}){slow}"
    heavy = SHORT if market.memory > targets.WORKER_MB else ""
    yield f"  {'largest web worker, peak':31} {market.memory:3} MB (≤ {targets.WORKER_MB}){heavy}"


def _growth(small: Market, large: Market) -> Iterator[str]:
    yield f"\n{large.products} products against {small.products}, one request at a time"
    for name, target in targets.PAGES.items():
        times = large.medians[name] / small.medians[name]
        yield f"  {name:17} × {times:.2f} (≤ {target.growth:g}){SHORT if times > target.growth else ''}"

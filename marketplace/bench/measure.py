"""Fill a market of a size, load it and the bare view in the same run, and say how they compare."""

import argparse
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from catalogue.models import Category, Listing
from marketplace.bench import statements, targets
from marketplace.bench.database import settle
from marketplace.bench.fill import fill
from marketplace.bench.purchase import median_purchase
from marketplace.bench.servers import BARE, OURS, Served, served


@dataclass(frozen=True)
class Market:
    """What was measured at `products`: `shares` in per cent of the bare view, `medians` and purchase in ms."""

    products: int
    bare: float
    shares: Mapping[str, float]
    medians: Mapping[str, float]
    statements: Mapping[str, int]
    purchase: float
    memory: int


def market(size: int, url: str, options: argparse.Namespace) -> Market:
    fill(size)
    settle()
    paths = _paths()
    asked = statements.of_pages({name: path for name, path in paths.items() if "cached" not in name})
    asked |= statements.of_purchase()
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "list.html"
        with served(options.server, OURS, options.port, {"DATABASE_URL": url}) as ours:
            page.write_bytes(ours.read(paths["list"]))
            with served(options.server, BARE, options.port + 1, {"PAGE": str(page)}) as bare:
                pairs = {name: _pairs(ours, bare, name, path, options) for name, path in paths.items()}
            medians = {name: _median(ours, name, path) for name, path in paths.items()}
            purchase = median_purchase(f"http://127.0.0.1:{options.port}")
            memory = ours.peak()
    limit = median(bare for seconds in pairs.values() for _page, bare in seconds)
    shares = {name: 100 * median(page / bare for page, bare in seconds) for name, seconds in pairs.items()}
    return Market(size, limit, shares, medians, asked, purchase, memory)


def _paths() -> dict[str, str]:
    """By the names of targets.PAGES."""
    product = Listing.objects.order_by("-listed_at").values_list("url", flat=True)[0]
    category = Category.objects.filter(depth=1).order_by("path").values_list("slug", flat=True)[0]
    shelf = f"/san-pham/nhom/{category}/"
    return {
        "home, cached": "/",
        "list, cached": "/san-pham/",
        "category, cached": shelf,
        "product, cached": product,
        "list": "/san-pham/",
        "category": shelf,
        "product": product,
        "search": "/tim-kiem/?q=hat%20dieu%20rang",
        "search, nothing": "/tim-kiem/?q=xyzzy",
        "suggestions": "/tim-kiem/goi-y/?q=hat%20d",
    }


def _pairs(
    ours: Served, bare: Served, name: str, path: str, options: argparse.Namespace
) -> list[tuple[float, float]]:
    """Requests a second of the page and of the bare view, second beside second: a machine's speed may change."""
    cached = targets.PAGES[name].cached
    return [
        (ours.throughput(path, seconds=1, cached=cached), bare.throughput("/", seconds=1, cached=True))
        for _ in range(options.seconds)
    ]


def _median(ours: Served, name: str, path: str) -> float:
    return ours.median(path, seconds=2, cached=targets.PAGES[name].cached)

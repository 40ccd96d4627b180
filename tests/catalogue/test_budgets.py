"""What a page may ask of the database, however large the market is: few queries, and no table read whole."""

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.plugin import DjangoDbBlocker

from catalogue.models import Listing
from marketplace.address.loading import load_places
from marketplace.bench.fill import fill
from marketplace.pagecache import memory
from tests import databases

SMALL, LARGE = 1000, 5000
#: tables that grow with the market
GROWING = (
    "catalogue_listing",
    "catalogue_listingcategory",
    "catalogue_product",
    "catalogue_productimage",
    "catalogue_productcategory",
    "partner_stockrecord",
)

#: address -> most queries it may ask
PAGES = {
    "/san-pham/": 4,
    "/san-pham/?sau={cursor}": 4,
    "/san-pham/?xep=gia-thap": 4,
    "/san-pham/?xep=gia-cao": 4,
    "/san-pham/?xep=gia-ky": 4,
    "/san-pham/?mua=on": 4,
    "/san-pham/?mua=on&xep=gia-ky": 4,
    "/san-pham/?cay=durian": 4,
    "/san-pham/?cay=cashew_roasted&hang=W240": 4,
    "/san-pham/?xa=25210": 4,
    "/san-pham/?chung_nhan=ocop4": 4,
    "/san-pham/?tu=100k&den=200k": 4,
    "/san-pham/?tu=100k&chung_nhan=ocop4&mua=on": 4,
    "/san-pham/nhom/hat/": 4,
    "/san-pham/nhom/sau-rieng/": 4,
    "/san-pham/nhom/trai-cay/?xep=gia-thap": 4,
    "/san-pham/nhom/trai-cay/?mua=on&xa=25210": 4,
    "{product}": 6,
    "/tim-kiem/?q=hat+dieu": 3,
    "/tim-kiem/?q=hat+dieu+rang": 3,
    "/tim-kiem/?q=dong+xoai": 3,
    "/tim-kiem/?q=sau+reing": 3,
    "/tim-kiem/?q=hatj+ddieeuf": 3,
    "/tim-kiem/?q=hat+di": 3,
    "/tim-kiem/?q=hat+dieu&xep=gia-thap": 3,
    "/tim-kiem/?q=hat+dieu&xa=25210&mua=on": 3,
    "/tim-kiem/?q=xyzzy": 3,
    "/tim-kiem/goi-y/?q=hat+d": 1,
    "/tim-kiem/goi-y/?q=du": 1,
}


@pytest.fixture(scope="module")
def asked_when_small(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    """How much every page asked at SMALL products; the market then has LARGE, committed and vacuumed."""
    with django_db_blocker.unblock():
        load_places()
        fill(SMALL)
        counts = {page: len(queries_of(page)) for page in PAGES}
        fill(LARGE)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        yield counts
        databases.renew()


def queries_of(page: str) -> list[str]:
    """The SQL of `page` once what every page shares is in the cache: the least of three times, after a first."""
    listing = Listing.objects.order_by("pk")[500]
    address = page.format(product=listing.url, cursor=f"{2 * 10**15}-{listing.pk}")
    client = Client()
    client.get(address)
    return min((_asked(client, address) for _ in range(3)), key=len)


def _asked(client: Client, address: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        response = client.get(address)
    assert response.status_code == 200, address
    return [query["sql"] for query in captured]


@pytest.fixture
def memory_at_work(_no_memory: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker keeps what all pages share, as it does where the counter of changes answers."""
    monkeypatch.setattr(memory.services, "version", lambda: b"1")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_asks_no_more_in_a_larger_market(
    page: str, asked_when_small: dict[str, int], memory_at_work: None, db: None
) -> None:
    queries = queries_of(page)
    assert len(queries) == asked_when_small[page], queries
    assert len(queries) <= PAGES[page], queries
    assert not [sql for sql in queries if not sql.lstrip().startswith(("SELECT", "WITH"))]


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_a_growing_table_whole(page: str, asked_when_small: dict[str, int], db: None) -> None:
    queries_of(page)
    before = sequential_scans()
    queries_of(page)
    assert sequential_scans() == before


def test_the_counters_would_show_it(asked_when_small: dict[str, int], db: None) -> None:
    before = sequential_scans()
    assert Listing.objects.filter(title__contains="a").count() > 0
    assert sequential_scans() != before


def sequential_scans() -> dict[str, int]:
    """Table -> how often this transaction has read it from end to end."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, seq_scan FROM pg_stat_xact_user_tables WHERE relname = ANY(%s)", [list(GROWING)]
        )
        return dict(cursor.fetchall())

"""Keyset pages: the address of the next page says where this one ended, so page 50 costs what page 1 does."""

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, BooleanField, F, Func, Value
from django.db.models.lookups import GreaterThan, LessThan, Lookup

from catalogue.listing.cards import COLUMNS, Card, Statement
from catalogue.listing.managers import ListingQuerySet
from catalogue.listing.models import Listing
from catalogue.listing.sorts import NEWEST, Sort

PAGE_SIZE = 24
#: a list says "more than 1,000" beyond this, so that no page counts a whole table
COUNTED = 1000

_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
_MICROSECOND = datetime.timedelta(microseconds=1)
_LARGEST = 2**63 - 1


class _Row(Func):
    """(a, b), compared as a whole: what an index over two columns can answer."""

    template = "(%(expressions)s)"
    output_field = BooleanField()


class _Microseconds(Func):
    """Since 1970, as cursors have it: cheaper to read than a moment, of which only a page's last row needs one."""

    template = "(extract(epoch FROM %(expressions)s) * 1000000)::bigint"
    output_field = BigIntegerField()


@dataclass(frozen=True)
class Page:
    """`listings` of one page, and the cursor that opens the next one ("" on the last)."""

    listings: Sequence[Listing | Card]
    next_cursor: str


def page(listings: ListingQuerySet, sort: Sort, cursor: str = "", size: int = PAGE_SIZE) -> Page:
    """`size` of `listings` in the order of `sort`, behind `cursor`. One query.

    A cursor that is not ours (an old link, a typing error) opens the first page.
    """
    return cut(list(_rows(listings, sort, cursor, size)), size)


def page_statement(listings: ListingQuerySet, sort: Sort, cursor: str = "") -> Statement:
    """What `page` asks, for cards: SQL that a caller with the same question may keep."""
    return _cards(_rows(listings, sort, cursor, PAGE_SIZE), sort)


def cards_statement(listings: ListingQuerySet, sort: Sort, *, size: int) -> Statement:
    """The first `size` of `listings` in the order of `sort`, for cards."""
    return _cards(in_order(listings, sort)[:size], sort)


def _cards(rows: ListingQuerySet, sort: Sort) -> Statement:
    place = _Microseconds("sort_key") if _is_by_time(sort) else F("sort_key")
    return rows.values_list(*COLUMNS, place).query.sql_with_params()


def _rows(listings: ListingQuerySet, sort: Sort, cursor: str, size: int) -> ListingQuerySet:
    rows = in_order(listings, sort)
    if position := decode(cursor):
        rows = rows.filter(_behind(sort, *position))
    return rows[: size + 1]


def counted(listings: ListingQuerySet, newest: Sort = NEWEST) -> int:
    """How many there are, COUNTED + 1 at most, walked along the index of `newest`.

    Without an order PostgreSQL would read the table from its start.
    """
    return in_order(listings, newest).values("pk")[: COUNTED + 1].count()


def in_order(listings: ListingQuerySet, sort: Sort) -> ListingQuerySet:
    """`listings` with their `sort_key`, ordered."""
    way = "-" if sort.descending else ""
    return listings.annotate(sort_key=sort.key).order_by(f"{way}sort_key", f"{way}{sort.tie}")


def cut(found: Sequence[Any], size: int) -> Page:
    """A page of `size` out of the `size` + 1 rows, with their `sort_key`, that were asked for."""
    last = found[size - 1] if len(found) > size else None
    return Page(found[:size], encode(last.sort_key, last.pk) if last else "")


def encode(sort_key: int | datetime.datetime, product_id: int) -> str:
    if isinstance(sort_key, datetime.datetime):
        sort_key = (sort_key - _EPOCH) // _MICROSECOND
    return f"{sort_key}-{product_id}"


def decode(cursor: str) -> tuple[int, int] | None:
    """(sort key, product id), or None if `cursor` is not one of ours."""
    match = re.fullmatch(r"(\d{1,19})-(\d{1,19})", cursor, re.ASCII)
    position = (int(match[1]), int(match[2])) if match else None
    return position if position and max(position) <= _LARGEST else None


def _behind(sort: Sort, sort_key: int, product_id: int) -> Lookup:
    after = _Row(_value(sort, sort_key), Value(product_id))
    compare = LessThan if sort.descending else GreaterThan
    return compare(_Row(sort.key, F(sort.tie)), after)


def _value(sort: Sort, sort_key: int) -> Value:
    if not _is_by_time(sort):
        return Value(sort_key)
    return Value(_EPOCH + min(sort_key, 10**17) * _MICROSECOND)  # 10^17 µs: the year 5138


def _is_by_time(sort: Sort) -> bool:
    return sort.slug == NEWEST.slug

"""Rows of the read model as cards show them, read by statements that are put together once."""

from typing import Any, NamedTuple

from django.db import connection


class Card(NamedTuple):
    """What a card, a suggestion and the way to the next page need of a listing; see Listing for the columns."""

    pk: int
    url: str
    title: str
    price: int | None
    price_per_kg: int | None
    pack_label: str
    stock: str
    certificates: list[str]
    commune_name: str
    #: JSON as the database has it: read only where the card is drawn
    picture: str
    #: of the order the list is in; moments in microseconds since 1970
    sort_key: int
    #: how many the search found
    total: int = 0


#: fields of Listing, in the order of Card
COLUMNS = ("product_id", *Card._fields[1:-2])

Statement = tuple[str, tuple[Any, ...]]


def read(statement: Statement) -> list[Card]:
    """The cards that `statement` finds: it selects COLUMNS, `sort_key` and perhaps the total."""
    return [Card(*row) for row in rows(statement)]


def rows(statement: Statement) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return cursor.fetchall()

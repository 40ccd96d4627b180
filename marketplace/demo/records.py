"""The demo market as written down in data/*.toml: one dataclass per kind of row, read without a database.

Prices are whole đồng for one pack, weights grams. A misspelt or missing key is a TypeError with its name.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, kw_only=True)
class Person:
    phone: str
    full_name: str


@dataclass(frozen=True, kw_only=True)
class Staff(Person):
    #: base 32; the demo's page of codes shows what an app would make of it
    app_secret: str


@dataclass(frozen=True, kw_only=True)
class Buyer(Person):
    key: str
    commune: str
    line1: str


@dataclass(frozen=True, kw_only=True)
class Picture:
    #: a name of illustrate.names()
    drawing: str
    title: str
    variant: int = 0


@dataclass(frozen=True, kw_only=True)
class Seller:
    code: str
    name: str
    #: a value of Partner.Kind
    kind: str
    commune: str
    #: the farm's and its owner's
    phone: str
    owner: str
    helpers: tuple[Person, ...] = ()
    picture: Picture
    about: str


@dataclass(frozen=True, kw_only=True)
class Certificate:
    seller: str
    scheme: str
    number: str
    issued_on: date
    expires_on: date
    #: sku of the one product it covers; empty: all of the seller's
    product: str = ""
    verified: bool = True


@dataclass(frozen=True, kw_only=True)
class Product:
    sku: str
    seller: str
    crop: str
    title: str
    story: str
    pack_grams: int
    #: first day of the month
    harvest: date
    pack_label: str = ""
    grade: str = ""
    sale_mode: str = "parcel"
    #: None: on quotation only
    price: int | None = None
    stock: int = 0


@dataclass(frozen=True, kw_only=True)
class Story:
    slug: str
    title: str
    seller: str
    picture: Picture
    published: date
    intro: str
    body: tuple[str, ...]
    quote: str
    quoted: str


@dataclass(frozen=True, kw_only=True)
class Section:
    heading: str
    paragraphs: list[str]


@dataclass(frozen=True, kw_only=True)
class Page:
    slug: str
    title: str
    intro: str
    sections: tuple[Section, ...]


@dataclass(frozen=True, kw_only=True)
class Order:
    #: names it for ever, so that a second build knows it
    key: str
    buyer: str
    #: whole days before the build
    days_ago: int
    payment: str
    #: sku -> packs
    lines: dict[str, int]
    #: what comes into the bank account: exact, less, more, twice, late; empty: nothing
    transfer: str = ""
    #: the hold on its goods ran out before any money came
    ends_unpaid: bool = False
    #: seller's code -> the last status of its part
    parcels: dict[str, str] = field(default_factory=dict)
    #: what becomes of its first parcel in the end, see affairs.KINDS
    affair: str = ""


@dataclass(frozen=True, kw_only=True)
class Records:
    """All of the demo market; tests build smaller ones with dataclasses.replace()."""

    staff: list[Staff]
    buyers: list[Buyer]
    sellers: list[Seller]
    certificates: list[Certificate]
    products: list[Product]
    stories: list[Story]
    pages: list[Page]
    orders: list[Order]


Row = TypeVar("Row")


def read() -> Records:
    """Raises TypeError or KeyError naming what is misspelt."""
    return Records(
        staff=_rows(Staff, "people.toml", "staff"),
        buyers=_rows(Buyer, "people.toml", "buyer"),
        sellers=[_seller(row) for row in _table(DATA / "sellers.toml", "seller")],
        certificates=_rows(Certificate, "certificates.toml", "certificate"),
        products=[_product(row) for file in _files("products") for row in _table(file, "product")],
        stories=[_story(file) for file in _files("stories")],
        pages=[_page(file) for file in _files("pages")],
        orders=_rows(Order, "orders.toml", "order"),
    )


def _seller(row: dict[str, Any]) -> Seller:
    helpers = tuple(Person(**person) for person in row.get("helpers", ()))
    return Seller(**row | {"picture": Picture(**row["picture"]), "helpers": helpers})


def _product(row: dict[str, Any]) -> Product:
    year, month = row["harvest"].split("-")
    own = {"harvest": date(int(year), int(month), 1), "story": row["story"].strip()}
    return Product(**row | own)


def _story(file: Path) -> Story:
    row = _document(file)
    own = {"picture": Picture(**row["picture"]), "body": tuple(row["body"])}
    return Story(slug=file.stem, **row | own)


def _page(file: Path) -> Page:
    row = _document(file)
    sections = tuple(Section(**section) for section in row.pop("section"))
    return Page(slug=file.stem, sections=sections, **row)


def _rows(kind: type[Row], file: str, table: str) -> list[Row]:
    return [kind(**row) for row in _table(DATA / file, table)]


def _table(file: Path, table: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = _document(file)[table]
    return rows


def _document(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text("utf-8"))


def _files(folder: str) -> list[Path]:
    return sorted((DATA / folder).glob("*.toml"))

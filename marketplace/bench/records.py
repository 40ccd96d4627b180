"""A market of any size out of one seed: product number i is the same in a market of 1,000 and of 100,000."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

SELLERS = 200
SEED = 7

KINDS = {"household": "Nhà vườn", "cooperative": "HTX", "enterprise": "Công ty TNHH"}
WORDS = (
    *("rang muối", "rang củi", "nguyên vị", "sấy dẻo", "đặc sản", "xuất khẩu", "nguyên hạt", "thượng hạng"),
    *("mới hái", "chín cây", "phơi nắng", "hái tay", "vụ mới", "chọn lọc", "nhà làm", "hữu cơ"),
)
PACKS = (200, 250, 500, 500, 1000, 1000, 2000, 5000)
SCHEMES = ("vietgap", "globalgap", "organic", "ocop3", "ocop4", "ocop5")


@dataclass(frozen=True)
class CropFacts:
    """What a record needs of a crop: its name and grades."""

    name: str
    grades: tuple[str, ...]


@dataclass(frozen=True)
class SellerRecord:
    """A seller; `place` counts through the communes, `scheme` is "" for one without a certificate."""

    number: int
    name: str
    kind: str
    place: int
    scheme: str


@dataclass(frozen=True)
class ProductRecord:
    """A product; `crop`, `seller` and `picture` count through theirs. Price in đồng, weight in grams."""

    number: int
    title: str
    crop: int
    grade: str
    seller: int
    price: int
    grams: int
    stock: int
    picture: int


def sellers(places: Sequence[str], seed: int = SEED) -> list[SellerRecord]:
    """SELLERS sellers, spread over the `places` they are named after."""
    draw = random.Random(seed)
    return [_seller(number, places, draw) for number in range(SELLERS)]


def products(
    count: int, crops: Sequence[CropFacts], places: Sequence[str], seed: int = SEED
) -> Iterator[ProductRecord]:
    """The first `count` products of the endless market of `seed`."""
    draw = random.Random(seed + 1)
    for number in range(count):
        yield _product(number, crops, places, draw)


def _seller(number: int, places: Sequence[str], draw: random.Random) -> SellerRecord:
    kind = draw.choices(list(KINDS), weights=(7, 2, 1))[0]
    place = draw.randrange(len(places))
    scheme = draw.choice(SCHEMES) if draw.random() < 0.6 else ""
    return SellerRecord(number, f"{KINDS[kind]} {places[place]} {number + 1}", kind, place, scheme)


def _product(
    number: int, crops: Sequence[CropFacts], places: Sequence[str], draw: random.Random
) -> ProductRecord:
    crop = draw.randrange(len(crops))
    facts = crops[crop]
    grade = draw.choice(facts.grades) if facts.grades else ""
    title = f"{facts.name} {draw.choice(WORDS)} {draw.choice(places)} {grade}".strip()
    return ProductRecord(
        number=number,
        title=title,
        crop=crop,
        grade=grade,
        seller=draw.randrange(SELLERS),
        price=draw.randrange(15, 900) * 1000,
        grams=draw.choice(PACKS),
        stock=draw.randrange(20, 100_000),
        picture=draw.randrange(10**6),
    )

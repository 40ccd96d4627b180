"""Golden table of the shipped tariff: what a parcel costs to whom, and what is refused with which words."""

from datetime import date

import pytest

from marketplace.address.models import Province
from marketplace.shipping.loading import DATA, load_regions, load_tariff
from marketplace.shipping.models import Region, Route, Tariff
from marketplace.shipping.quotes import ParcelItem, RateBook, Undeliverable, quote_parcel
from tests.factories import make_commune

pytestmark = pytest.mark.django_db

BU_DANG, HA_NOI, SAI_GON, DONG_XOAI = "25396", "00004", "26740", "25210"


@pytest.fixture(autouse=True)
def tariff() -> Tariff:
    for code in (BU_DANG, HA_NOI, SAI_GON):
        make_commune(code)
    for line in (DATA / "regions.csv").read_text().splitlines()[1:]:
        for code in line.rsplit(",", 1)[1].split("|"):
            Province.objects.get_or_create(code=code, defaults={"name": code, "kind": "province"})
    load_regions()
    return load_tariff(DATA / "tariff.csv", name="thử", valid_from=date(2026, 1, 1), source="test")


def cashew(grams: int = 500, quantity: int = 1, **fields: int) -> ParcelItem:
    return ParcelItem(
        "Hạt điều rang", grams=grams, quantity=quantity, keeps_days=fields.pop("keeps_days", 270), **fields
    )


def quote(destination: str, *items: ParcelItem) -> tuple[int, int, int]:
    found = quote_parcel(origin=make_commune(BU_DANG), destination=make_commune(destination), items=items)
    return found.charge, found.charged_grams, found.days_max


@pytest.mark.parametrize(
    ("destination", "grams", "charge"),
    [
        (DONG_XOAI, 350, 18_000),  # with 150 g of packaging exactly in the first band
        (DONG_XOAI, 351, 20_000),  # one gram more
        (HA_NOI, 350, 30_000),
        (HA_NOI, 4_850, 75_000),
        (HA_NOI, 4_851, 124_000),
        (HA_NOI, 19_850, 228_000),
        (HA_NOI, 19_851, 238_500),  # one further kilogram
        (HA_NOI, 21_000, 249_000),  # two
        (SAI_GON, 850, 22_000),
    ],
)
def test_a_parcel_costs_what_its_band_says(destination: str, grams: int, charge: int) -> None:
    assert quote(destination, cashew(grams))[0] == charge


def test_a_light_but_large_parcel_pays_for_its_volume() -> None:
    assert quote(HA_NOI, cashew(500, volume_cm3=12_000))[:2] == (47_000, 2_000)


def test_packs_and_products_add_up_in_one_parcel() -> None:
    assert quote(HA_NOI, cashew(500, quantity=3), cashew(250, quantity=2))[1] == 2_150


def test_what_spoils_on_the_way_is_refused_with_the_days() -> None:
    durian = ParcelItem("Sầu riêng Ri6", grams=3_000, quantity=1, keeps_days=4)
    with pytest.raises(Undeliverable, match="Sầu riêng Ri6.*4.*Hà Nội.*5"):
        quote(HA_NOI, cashew(), durian)
    assert quote(SAI_GON, durian)[2] == 2


def test_a_parcel_too_heavy_is_refused_with_the_limit() -> None:
    with pytest.raises(Undeliverable, match="50"):
        quote(HA_NOI, cashew(1_000, quantity=50))


def test_a_place_without_a_route_is_refused_by_name() -> None:
    Route.objects.filter(destination="red_river").delete()
    with pytest.raises(Undeliverable, match="Hà Nội"):
        quote(HA_NOI, cashew())


def test_the_tariff_that_began_last_is_in_force() -> None:
    load_tariff(DATA / "tariff.csv", name="mới", valid_from=date(2026, 6, 1), source="test")
    assert RateBook.of(date(2026, 5, 31)).tariff.name == "thử"
    assert RateBook.of(date(2026, 6, 1)).tariff.name == "mới"
    with pytest.raises(Tariff.DoesNotExist):
        RateBook.of(date(2025, 12, 31))


def test_loading_again_changes_nothing() -> None:
    before = list(
        Route.objects.order_by("origin", "destination").values_list("origin", "destination", "days_max")
    )
    load_regions()
    load_tariff(DATA / "tariff.csv", name="thử", valid_from=date(2026, 1, 1), source="test")
    after = list(
        Route.objects.order_by("origin", "destination").values_list("origin", "destination", "days_max")
    )
    assert before == after


def test_every_province_lies_in_one_region() -> None:
    homes = list(Region.objects.values_list("provinces", flat=True))
    assert len(homes) == len(set(homes)) == 34


def test_a_basket_of_many_parcels_reads_the_tariff_once(django_assert_num_queries: object) -> None:
    origin = make_commune(BU_DANG)
    places = [make_commune(code) for code in (HA_NOI, SAI_GON, DONG_XOAI)]
    with django_assert_num_queries(4):  # type: ignore[operator]
        book = RateBook.of()
        for place in places:
            book.quote(origin=origin, destination=place, items=[cashew()])

"""Golden tables of the tariff that the market starts with, and the rules around it."""

import datetime

import pytest
import time_machine
from django.core.management import call_command

from marketplace.address.models import Commune
from marketplace.shipping.loading import load_tariff
from marketplace.shipping.models import ShippingBand, ShippingTariff
from marketplace.shipping.quotes import (
    ParcelItem,
    Quote,
    Shipment,
    Undeliverable,
    quote_parcel,
    quote_parcels,
)
from tests.factories import make_commune

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _tariff() -> None:
    load_tariff()


def cashew(grams: int = 500, quantity: int = 1, **fields: object) -> ParcelItem:
    known = {"keeps_days": 270, "title": "Hạt điều rang", "crop": "cashew_roasted"}
    return ParcelItem(grams=grams, quantity=quantity, **known | fields)


def quote(destination: str, *items: ParcelItem) -> Quote:
    return quote_parcel(origin=make_commune("25396"), destination=make_commune(destination), items=items)


@pytest.mark.parametrize(
    ("destination", "grams", "charge"),
    [
        # 150 g of packaging come on top
        ("25210", 350, 16_000),
        ("25210", 351, 18_000),
        ("25210", 4_850, 29_000),
        ("25210", 4_851, 31_500),
        ("26740", 350, 20_000),
        ("26740", 1_000, 27_000),
        ("26740", 9_850, 55_500),
        ("00004", 350, 30_000),
        ("00004", 850, 37_000),
        ("00004", 1_850, 46_000),
        ("00004", 4_850, 72_000),
        ("00004", 5_850, 80_000),
        ("00004", 20_000, 200_000),
    ],
)
def test_charge_by_region_and_weight(destination: str, grams: int, charge: int) -> None:
    assert quote(destination, cashew(grams)).charge == charge


def test_weight_is_that_of_all_packs_together() -> None:
    together = quote("00004", cashew(500, 2), cashew(250, 3))
    assert together.charged_grams == 500 * 2 + 250 * 3 + 150
    assert (together.days_min, together.days_max) == (3, 5)


def test_bulky_produce_is_charged_by_its_room() -> None:
    bulky = quote("26740", cashew(1_000, crop="bamboo_shoot", title="Măng khô"))
    assert bulky.charged_grams == 1_500
    assert bulky.charge == 27_000
    assert bulky.detail["weight_grams"] == 1_150


def test_fresh_fruit_stays_where_it_arrives_in_time() -> None:
    durian = cashew(3_000, keeps_days=4, title="Sầu riêng Ri6", crop="durian")
    assert quote("26740", durian).charge > 0
    with pytest.raises(Undeliverable) as refused:
        quote("00004", durian)
    assert refused.value.reason == (
        "Sầu riêng Ri6 chỉ giữ được 4 ngày, mà đường tới Hà Nội có thể mất 5 ngày."
    )


def test_produce_that_keeps_exactly_as_long_as_the_way_goes() -> None:
    assert quote("00004", cashew(keeps_days=5)).days_max == 5


def test_parcels_of_several_farms_take_two_statements(django_assert_num_queries) -> None:
    destination = make_commune("00004")
    farms = [make_commune("25396"), make_commune("25363"), make_commune("25210")]
    shipments = {at: Shipment(origin=farm, items=[cashew()]) for at, farm in enumerate(farms)}
    with django_assert_num_queries(2):
        quotes = quote_parcels(shipments, destination)
    assert [found.charge for found in quotes.values() if isinstance(found, Quote)] == [37_000] * 3


def test_without_a_tariff_nothing_is_promised() -> None:
    ShippingTariff.objects.update(valid_until=datetime.date(2026, 1, 31))
    with (
        time_machine.travel(datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)),
        pytest.raises(Undeliverable),
    ):
        quote("25210", cashew())


def test_a_newer_tariff_takes_over_on_its_day() -> None:
    make_commune("26740")
    newer = ShippingTariff.objects.create(
        code="contract-2027",
        valid_from=datetime.date(2027, 1, 1),
        source="Hợp đồng",
        is_confirmed=True,
        volumetric_divisor=5_000,
        cm3_per_kg=2_500,
        regions={"75": "southeast", "79": "southeast"},
    )
    route = newer.routes.create(
        origin="southeast", destination="southeast", days_min=1, days_max=2, per_extra_kg=1_000
    )
    ShippingBand.objects.create(route=route, up_to_grams=5_000, charge=12_345)
    # the last hour of 2026 in Vietnam, then the first of 2027
    with time_machine.travel(datetime.datetime(2026, 12, 31, 16, 30, tzinfo=datetime.UTC)):
        assert quote("26740", cashew()).charge == 23_000
    with time_machine.travel(datetime.datetime(2026, 12, 31, 17, 30, tzinfo=datetime.UTC)):
        assert quote("26740", cashew()).charge == 12_345


def test_every_province_can_be_reached_and_loading_again_changes_nothing() -> None:
    call_command("load_places", verbosity=0)
    call_command("load_tariff", verbosity=0)
    tariff = ShippingTariff.objects.get()
    assert not tariff.is_confirmed
    assert ShippingBand.objects.count() == 8 * 5
    farm = Commune.objects.get(pk="25396")
    for place in Commune.objects.order_by("province_id").distinct("province_id").select_related("province"):
        found = quote_parcel(origin=farm, destination=place, items=[cashew()])
        assert found.charge > 0, place


def test_a_heavier_parcel_never_costs_less() -> None:
    for place in ("25210", "26740", "00004"):
        charges = [quote(place, cashew(grams)).charge for grams in range(100, 12_000, 350)]
        assert charges == sorted(charges)

"""A tariff in memory and the arithmetic on it. Grams and whole đồng."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from marketplace.shipping.models import ShippingBand, ShippingRoute, ShippingTariff


@dataclass(frozen=True, kw_only=True)
class RateTable:
    tariff: ShippingTariff
    #: (origin region, destination region) -> its bands, lightest first, each with its route
    bands: dict[tuple[str, str], list[ShippingBand]]

    def route(self, origin_province: str, destination_province: str) -> ShippingRoute | None:
        """None where the tariff does not go."""
        origin = self.tariff.regions.get(origin_province)
        destination = self.tariff.regions.get(destination_province)
        ways = [(origin, destination)]
        if origin_province == destination_province:
            ways.insert(0, (origin, ShippingRoute.SAME_PROVINCE))
        return next((self.bands[way][0].route for way in ways if way in self.bands), None)

    def volumetric_grams(self, crop: str, grams: int) -> int:
        """What the carrier takes the room for, rounded up."""
        cm3_per_kg = self.tariff.bulky.get(crop, self.tariff.cm3_per_kg)
        return -(-grams * cm3_per_kg // self.tariff.volumetric_divisor)

    def charge(self, route: ShippingRoute, grams: int) -> int:
        """đồng: the first band that fits, else the last one and each started kilogram above it."""
        bands = self.bands[route.origin, route.destination]
        for band in bands:
            if grams <= band.up_to_grams:
                return band.charge
        last = bands[-1]
        return last.charge + -(-(grams - last.up_to_grams) // 1000) * route.per_extra_kg


def load_rates(day: date) -> RateTable | None:
    """The tariff of `day`, in two SQL statements; None when there is none."""
    tariff = ShippingTariff.objects.valid_on(day).first()
    if tariff is None:
        return None
    bands: dict[tuple[str, str], list[ShippingBand]] = {}
    for band in ShippingBand.objects.filter(route__tariff=tariff).select_related("route"):
        bands.setdefault((band.route.origin, band.route.destination), []).append(band)
    return RateTable(tariff=tariff, bands=bands)

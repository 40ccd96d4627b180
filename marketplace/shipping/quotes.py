"""What one seller's parcel costs to one place, or why it cannot go there."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.translation import gettext as _

from .models import Region, Route, Tariff

if TYPE_CHECKING:
    from marketplace.address.models import Commune


@dataclass(frozen=True, slots=True)
class ParcelItem:
    """Packs of one product. `volume_cm3` is one pack's, 0 where nobody measured it."""

    title: str
    grams: int
    quantity: int
    keeps_days: int
    volume_cm3: int = 0


@dataclass(frozen=True, slots=True)
class Quote:
    """`charge` in whole đồng; `charged_grams` the larger of weight and volume; days from handing over to the door."""

    charge: int
    charged_grams: int
    days_min: int
    days_max: int
    tariff: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


class Undeliverable(Exception):
    """The parcel cannot go there; `reason` is a sentence for the buyer."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class RateBook:
    """The tariff of one day, read once and asked for every parcel of a basket."""

    def __init__(self, tariff: Tariff, routes: dict[tuple[str, str], Route]) -> None:
        self.tariff = tariff
        self.routes = routes

    @classmethod
    def of(cls, on: date | None = None) -> "RateBook":
        """Four queries, whatever the number of parcels. Raises Tariff.DoesNotExist when none is in force."""
        day = on or timezone.localdate()
        tariff = Tariff.objects.filter(valid_from__lte=day).first()
        if tariff is None:
            raise Tariff.DoesNotExist("No shipping tariff is in force. Load one: manage.py load_tariff")
        members: dict[str, list[str]] = defaultdict(list)
        for region, province in Region.provinces.through.objects.values_list("region_id", "province_id"):
            members[region].append(province)
        by_province = {
            (origin, destination): route
            for route in tariff.routes.prefetch_related("bands")
            for origin in members[route.origin_id]
            for destination in members[route.destination_id]
        }
        return cls(tariff, by_province)

    def quote(self, *, origin: "Commune", destination: "Commune", items: Sequence[ParcelItem]) -> Quote:
        """Raises Undeliverable with the reason: no route, too heavy, or produce that spoils on the way."""
        route = self.routes.get((origin.province_id, destination.province_id))
        if route is None:
            raise Undeliverable(
                _("No carrier of ours goes from %(origin)s to %(destination)s yet.")
                % {"origin": origin.province.name, "destination": destination.province.name}
            )
        self._refuse_what_spoils(route, destination, items)
        grams = self._charged_grams(items)
        if grams > self.tariff.max_grams:
            raise Undeliverable(
                _(
                    "This parcel weighs %(kg)s kg and carriers take at most %(most)s kg. Order fewer packs at a time."
                )
                % {"kg": -(-grams // 1000), "most": self.tariff.max_grams // 1000}
            )
        return Quote(_charge(route, grams), grams, route.days_min, route.days_max, self.tariff.name)

    def _refuse_what_spoils(self, route: Route, destination: "Commune", items: Sequence[ParcelItem]) -> None:
        for item in items:
            if item.keeps_days < route.days_max:
                raise Undeliverable(
                    _(
                        "%(title)s keeps for %(keeps)s days only, and to %(place)s it takes up to %(days)s days."
                    )
                    % {
                        "title": item.title,
                        "keeps": item.keeps_days,
                        "place": destination.province.name,
                        "days": route.days_max,
                    }
                )

    def _charged_grams(self, items: Sequence[ParcelItem]) -> int:
        weight = sum(item.grams * item.quantity for item in items) + self.tariff.packaging_grams
        volume = sum(item.volume_cm3 * item.quantity for item in items) * 1000 // self.tariff.cm3_per_kg
        return max(weight, volume)


def _charge(route: Route, grams: int) -> int:
    bands = list(route.bands.all())
    for band in bands:
        if grams <= band.max_grams:
            return band.charge
    last = bands[-1]
    further_kg = -(-(grams - last.max_grams) // 1000)
    return last.charge + further_kg * route.extra_per_kg


def quote_parcel(*, origin: "Commune", destination: "Commune", items: Sequence[ParcelItem]) -> Quote:
    """One parcel at today's tariff. For a whole basket read RateBook.of() once."""
    return RateBook.of().quote(origin=origin, destination=destination, items=items)

"""What it costs to send each seller's parcel to a place, and whether fresh produce would survive the way."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.address.models import Commune
from marketplace.shipping.models import ShippingRoute
from marketplace.shipping.rates import RateTable, load_rates

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class ParcelItem:
    """`quantity` packs of `grams` net each; `crop` is the code that tells how much room they take."""

    grams: int
    quantity: int
    keeps_days: int
    title: str
    crop: str = ""


@dataclass(frozen=True, kw_only=True)
class Shipment:
    """One parcel before it has a price: from the seller's commune."""

    origin: Commune
    items: Sequence[ParcelItem]


@dataclass(frozen=True, kw_only=True)
class Quote:
    """`charge` in whole đồng for `charged_grams`, the larger of weight and volume; `detail` says how it was found."""

    charge: int
    charged_grams: int
    days_min: int
    days_max: int
    detail: dict[str, Any]


class Undeliverable(Exception):
    """This parcel cannot go there; `reason` is for the buyer."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def quote_parcel(*, origin: Commune, destination: Commune, items: Sequence[ParcelItem]) -> Quote:
    """Raises Undeliverable."""
    quote = quote_parcels({0: Shipment(origin=origin, items=items)}, destination)[0]
    if isinstance(quote, Undeliverable):
        raise quote
    return quote


def quote_parcels(
    shipments: Mapping[Key, Shipment], destination: Commune
) -> dict[Key, Quote | Undeliverable]:
    """All parcels of a basket by the tariff of today, in two SQL statements."""
    rates = load_rates(timezone.localdate())
    return {key: _quote(shipment, destination, rates) for key, shipment in shipments.items()}


def _quote(shipment: Shipment, destination: Commune, rates: RateTable | None) -> Quote | Undeliverable:
    route = rates.route(shipment.origin.province_id, destination.province_id) if rates else None
    if rates is None or route is None:
        return Undeliverable(_("Parcels from this farm cannot be sent there yet."))
    for item in shipment.items:
        if item.keeps_days < route.days_max:
            return Undeliverable(_too_far(item, route, destination))
    return _priced(shipment.items, route, rates)


def _too_far(item: ParcelItem, route: ShippingRoute, destination: Commune) -> str:
    return _("%(title)s keeps %(keeps)d days, but the way to %(place)s can take %(days)d.") % {
        "title": item.title,
        "keeps": item.keeps_days,
        "place": destination.province.name,
        "days": route.days_max,
    }


def _priced(items: Sequence[ParcelItem], route: ShippingRoute, rates: RateTable) -> Quote:
    weight = rates.tariff.packaging_grams + sum(item.grams * item.quantity for item in items)
    volume = sum(rates.volumetric_grams(item.crop, item.grams * item.quantity) for item in items)
    charged = max(weight, volume)
    return Quote(
        charge=rates.charge(route, charged),
        charged_grams=charged,
        days_min=route.days_min,
        days_max=route.days_max,
        detail={
            "tariff": rates.tariff.code,
            "route": str(route),
            "weight_grams": weight,
            "volumetric_grams": volume,
            "days": [route.days_min, route.days_max],
        },
    )

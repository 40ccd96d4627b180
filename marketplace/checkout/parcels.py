"""A basket's parcels with what each costs to send, or why it cannot be sent there."""

from dataclasses import dataclass
from typing import Any

from marketplace.address.models import Commune
from marketplace.shipping.quotes import ParcelItem, Quote, Shipment, Undeliverable, quote_parcels

from .baskets import BasketContents, BasketParcel


@dataclass(frozen=True, slots=True)
class QuotedParcel:
    """`quote` is None while the place is unknown or when `refusal` says why it cannot go there."""

    parcel: BasketParcel
    quote: Quote | None = None
    refusal: str = ""

    @property
    def shipping_share(self) -> int | None:
        """Shipping as per cent of the goods, rounded; what makes a buyer combine."""
        if self.quote is None or not self.parcel.goods_total:
            return None
        return (self.quote.charge * 200 // self.parcel.goods_total + 1) // 2


@dataclass(frozen=True, slots=True)
class Summary:
    """Amounts in whole đồng."""

    parcels: list[QuotedParcel]

    @property
    def goods_total(self) -> int:
        return sum(parcel.parcel.goods_total for parcel in self.parcels)

    @property
    def is_quoted(self) -> bool:
        return bool(self.parcels) and all(parcel.quote for parcel in self.parcels)

    @property
    def shipping_total(self) -> int:
        return sum(parcel.quote.charge for parcel in self.parcels if parcel.quote)

    @property
    def total(self) -> int:
        return self.goods_total + self.shipping_total


def quoted(contents: BasketContents, destination: Commune | None) -> Summary:
    if destination is None or contents.is_empty:
        return Summary([QuotedParcel(parcel) for parcel in contents.parcels])
    quotes = quote_parcels({parcel.partner.pk: _shipment(parcel) for parcel in contents.parcels}, destination)
    return Summary([_quoted(parcel, quotes[parcel.partner.pk]) for parcel in contents.parcels])


def _quoted(parcel: BasketParcel, quote: Quote | Undeliverable) -> QuotedParcel:
    if isinstance(quote, Undeliverable):
        return QuotedParcel(parcel, refusal=quote.reason)
    return QuotedParcel(parcel, quote)


def _shipment(parcel: BasketParcel) -> Shipment:
    items = [
        ParcelItem(
            title=line.line.product.title,
            grams=line.line.product.pack_grams,
            quantity=line.quantity,
            keeps_days=line.line.product.crop.keeps_days,
            crop=line.line.product.crop.code,
        )
        for line in parcel.lines
    ]
    origin: Any = parcel.partner.commune  # nullable for Oscar's sake; every seller's form asks for it
    return Shipment(origin=origin, items=items)

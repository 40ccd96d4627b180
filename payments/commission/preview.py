"""What a seller hears before a product is listed: how much of the price stays with market and state."""

from dataclasses import dataclass
from datetime import date

from catalogue.models import Crop
from farmers.partner.models import Partner
from payments.commission.models import percent
from payments.commission.services import net_of, rate_for, rates_for
from payments.tax.services import next_rate

EXAMPLE = 100_000
"""đồng"""


@dataclass(frozen=True, slots=True)
class Kept:
    """``commission`` in percent, as words ("0" for none); ``net`` of a price of EXAMPLE đồng."""

    commission: str
    net: int


@dataclass(frozen=True, slots=True)
class KeptOfCrops(Kept):
    """What is kept of these crops, by their names."""

    crops: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preview(Kept):
    """``tax`` in percent, of every crop the same; ``others``: the crops of which another part is kept."""

    tax: str
    price: int
    others: tuple[KeptOfCrops, ...]


def preview(partner: Partner, on: date, crop: Crop | None = None) -> Preview:
    """While no crop is chosen the rule of the seller, or of everybody, is shown, and the crops that differ."""
    kept, tax = rate_for(partner, on, crop), next_rate(partner, on)
    others: dict[int, list[str]] = {}
    for other, rate in rates_for(partner, on).items():
        if rate != kept:
            others.setdefault(rate, []).append(other.name)
    return Preview(
        commission=percent(kept),
        net=_net(kept, tax),
        tax=percent(tax),
        price=EXAMPLE,
        others=tuple(
            KeptOfCrops(commission=percent(rate), net=_net(rate, tax), crops=tuple(names))
            for rate, names in others.items()
        ),
    )


def _net(commission: int, tax: int) -> int:
    return net_of(EXAMPLE, commission) + net_of(EXAMPLE, tax) - EXAMPLE

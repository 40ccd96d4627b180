"""What a seller hears before a product is listed: how much of the price stays with market and state."""

from dataclasses import dataclass
from datetime import date

from catalogue.models import Crop
from farmers.partner.models import Partner
from payments.commission.models import percent
from payments.commission.services import net_of, rate_for
from payments.tax import services as tax
from payments.tax.models import WithholdingRule

EXAMPLE = 100_000
"""đồng"""


@dataclass(frozen=True, slots=True)
class Preview:
    """``commission`` and ``tax`` in percent, as words ("0" for none); ``net`` of a price of EXAMPLE đồng."""

    commission: str
    tax: str
    price: int
    net: int


def preview(partner: Partner, on: date, crop: Crop | None = None) -> Preview:
    """For goods without a crop the rule of the seller, or of everybody, is shown."""
    kept, withheld = rate_for(partner, on, crop), _tax_rate(partner, on)
    net = net_of(EXAMPLE, kept) + net_of(EXAMPLE, withheld) - EXAMPLE
    return Preview(commission=percent(kept), tax=percent(withheld), price=EXAMPLE, net=net)


def _tax_rate(partner: Partner, on: date) -> int:
    """Basis points kept back from every sale; what begins above a yearly limit cannot be told of one price."""
    rule = tax.rate_for(partner, on)
    if rule is None or rule.policy != WithholdingRule.Policy.ALWAYS:
        return 0
    return rule.vat_basis_points + rule.income_tax_basis_points

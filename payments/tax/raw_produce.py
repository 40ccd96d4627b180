"""Raw produce that its grower sells: not taxed where the rule spares it and the seller has declared to grow it."""

from datetime import date

from marketplace.order.models import Line, SellerOrder
from payments.tax.models import Taxpayer, WithholdingRule


def spared(parcel: SellerOrder, rule: WithholdingRule, on: date) -> int:
    """đồng of the parcel's goods that are not taxed on that day."""
    if not rule.spares_raw_produce or not _is_grower(parcel, on):
        return 0
    lines = parcel.lines.filter(is_own_raw_produce=True).prefetch_related("reductions")
    return sum(_due(line) for line in lines)


def _is_grower(parcel: SellerOrder, on: date) -> bool:
    declared: bool = Taxpayer.objects.filter(partner=parcel.partner_id, declared_grower_on__lte=on).exists()
    return declared


def _due(line: Line) -> int:
    unpaid: int = sum(one.amount for one in line.reductions.all() if not one.was_paid)
    return int(line.line_price_incl_tax) - unpaid

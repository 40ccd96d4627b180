"""Amounts are whole đồng: VND has no smaller unit."""

from decimal import ROUND_HALF_UP, Decimal


def round_to_dong(amount: Decimal, currency: str | None = None) -> Decimal:
    """Half up to the whole đồng; `currency` is what Oscar's hook passes along."""
    return amount.quantize(Decimal(1), rounding=ROUND_HALF_UP)

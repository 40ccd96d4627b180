"""Amounts and weights as people write them in Vietnam, in either language of the site: the đồng is one."""

from decimal import Decimal

NBSP = "\u00a0"


def dong(amount: int | Decimal | None) -> str:
    """165000 -> "165.000 ₫" that never breaks between lines; nothing for no price.

    Raises ValueError on a fraction of a đồng: showing it rounded would hide totals that do not add up.
    """
    if amount is None or amount == "":
        return ""
    whole = int(amount)
    if whole != amount:
        raise ValueError(f"{amount} is not a whole amount of đồng")
    return f"{grouped(whole)}{NBSP}₫"


def grams(weight: int | None) -> str:
    """500 -> "500 g", 1200 -> "1,2 kg", 1000000 -> "1.000 kg"."""
    if not weight:
        return ""
    if weight < 1000:
        return f"{weight}{NBSP}g"
    kilograms, rest = divmod(weight, 1000)
    decimals = f",{rest:03}".rstrip("0") if rest else ""
    return f"{grouped(kilograms)}{decimals}{NBSP}kg"


def grouped(number: int) -> str:
    """1000 -> "1.000"."""
    return f"{number:,}".replace(",", ".")

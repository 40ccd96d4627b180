"""How much may be charged: whole đồng, since VND has no smaller unit at Stripe."""

from typing import Any

from payments.simulators.stripe.wire import Refusal, number

SMALLEST = 12_500
"""đồng: about the 0.50 US$ that Stripe wants after conversion."""
LARGEST = 99_999_999


def total(items: Any) -> tuple[int, str]:
    """(amount, currency) of line_items[n][price_data]."""
    if not isinstance(items, dict) or not items:
        raise Refusal("Missing required param: line_items.", code="parameter_missing", param="line_items")
    prices = [(item.get("price_data", {}), int(item.get("quantity", 1))) for item in items.values()]
    currencies = {str(price.get("currency", "")).lower() for price, _ in prices}
    if len(currencies) != 1:
        raise Refusal("All line items must have the same currency.", param="line_items")
    return sum(number(price, "unit_amount") * quantity for price, quantity in prices), currencies.pop()


def check(amount: int, currency: str) -> None:
    """Raises Refusal unless so much may be charged."""
    if currency != "vnd":
        raise Refusal(f"Invalid currency: {currency}", param="currency")
    if amount < SMALLEST:
        message = "The Checkout Session's total amount must convert to at least 50 cents."
        raise Refusal(message, code="amount_too_small")
    if amount > LARGEST:
        raise Refusal("Amount must be no more than 99,999,999 ₫", code="amount_too_large")

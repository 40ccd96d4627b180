from decimal import Decimal

import pytest

from catalogue.money import dong, grams


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (165000, "165.000\u00a0₫"),
        (Decimal("1250000.00"), "1.250.000\u00a0₫"),
        (0, "0\u00a0₫"),
        (-20000, "-20.000\u00a0₫"),
        (None, ""),
        ("", ""),
    ],
)
def test_dong_groups_by_three_and_keeps_the_sign_beside_the_number(amount: object, text: str) -> None:
    assert dong(amount) == text


def test_a_fraction_of_a_dong_is_an_error_not_a_rounding() -> None:
    with pytest.raises(ValueError, match="150000.50"):
        dong(Decimal("150000.50"))


@pytest.mark.parametrize(
    ("weight", "text"),
    [
        (100, "100\u00a0g"),
        (1000, "1\u00a0kg"),
        (1200, "1,2\u00a0kg"),
        (22680, "22,68\u00a0kg"),
        (1005, "1,005\u00a0kg"),
        (1_000_000, "1.000\u00a0kg"),
        (None, ""),
    ],
)
def test_grams_turn_into_kilograms_with_a_comma(weight: int | None, text: str) -> None:
    assert grams(weight) == text

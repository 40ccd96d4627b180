"""Dividing đồng: nothing is lost, nobody is off by a whole one."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.ledger.allocation import at_rate, part_of, split

totals = st.integers(-(10**12), 10**12)
weights = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).filter(any)


@given(totals, weights)
def test_shares_sum_to_the_total_and_are_less_than_one_dong_off(total: int, weights: list[int]) -> None:
    shares = split(total, weights)
    assert sum(shares) == total
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    assert all(abs(share - part) < 1 for share, part in zip(shares, exact, strict=True))


@given(totals, st.integers(1, 10**6), st.integers(1, 12))
def test_equal_weights_get_equal_shares_but_for_one_dong(total: int, weight: int, count: int) -> None:
    shares = split(total, [weight] * count)
    assert max(shares) - min(shares) <= 1


@given(totals, weights, st.randoms(use_true_random=False))
def test_the_order_of_weights_changes_no_ones_share_by_more_than_the_odd_dong(
    total: int, weights: list[int], random: Random
) -> None:
    mixed = random.sample(weights, len(weights))
    assert sorted(split(total, mixed)) == sorted(split(total, weights))


@given(st.integers(0, 10**10), st.integers(1, 10**6), st.data())
def test_a_growing_part_never_shrinks_and_ends_at_the_total(
    total: int, whole: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, whole - 1))
    assert part_of(total, part, whole) <= part_of(total, part + 1, whole)
    assert (part_of(total, 0, whole), part_of(total, whole, whole)) == (0, total)


@pytest.mark.parametrize("weights", [[], [0, 0], [3, -1]])
def test_impossible_weights_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


def test_the_largest_remainders_get_the_odd_dong() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    assert split(5, [1, 2, 4]) == [1, 1, 3]


@given(st.integers(0, 10**10), st.integers(0, 10_000))
def test_a_rate_rounds_half_a_dong_up(total: int, basis_points: int) -> None:
    assert at_rate(total, basis_points) == (2 * total * basis_points + 10_000) // 20_000

"""The one way to divide đồng: by weights, nothing lost, nobody off by a whole đồng."""

from collections.abc import Sequence


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Shares of ``total`` in proportion to ``weights`` (whole, not negative), by largest remainder.

    The shares sum to ``total``, each is less than 1 đồng from its exact part; of equal remainders the first
    ones get the odd đồng. A negative total is split like its opposite. Raises ValueError when a weight is negative
    or all are 0.
    """
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError(f"cannot divide by the weights {list(weights)}")
    if total < 0:
        return [-share for share in split(-total, weights)]
    shares = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda at: -(total * weights[at] % whole))
    for at in by_remainder[: total - sum(shares)]:
        shares[at] += 1
    return shares


def part_of(total: int, part: int, whole: int) -> int:
    """The share of ``total`` for ``part`` of ``whole``; for growing parts it grows up to ``total``.

    Half a đồng is rounded up, a choice of ours: no law that we know of names a rule.
    """
    return split(total, [part, whole - part])[0]


def at_rate(total: int, basis_points: int) -> int:
    """The share of ``total`` at a rate in hundredths of a percent, 10,000 at most."""
    return part_of(total, basis_points, 10_000)

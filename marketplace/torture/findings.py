"""What an attack found out: figures to read, differences that must not be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from payments.audit.services import find_differences

SLOW = 2
"""Times its limit that something may take: on two old cores, beside other work, all takes longer."""
SHOWN = 20
"""Differences in the JSON; there may be thousands, and they are counted."""


@dataclass(frozen=True)
class Limit:
    """What docs/torture.md asks of something `measured`, and what has to be kept on a slow machine, too.

    Neither `applies` where an attack does less than the limit was set for; then it is only told.
    """

    measured: float
    asked: float
    tolerated: float
    at_least: bool = False
    applies: bool = True

    def applied(self, *, strict: bool) -> float | None:
        if not self.applies:
            return None
        return self.asked if strict else self.tolerated

    def is_kept(self, *, strict: bool) -> bool:
        applied = self.applied(strict=strict)
        if applied is None:
            return True
        return self.measured >= applied if self.at_least else self.measured <= applied

    def as_dict(self, *, strict: bool) -> dict[str, Any]:
        kind = "at_least" if self.at_least else "at_most"
        return {"measured": self.measured, kind: self.asked, "applied": self.applied(strict=strict)}


@dataclass
class Finding:
    """`figures` tell of the machine too and fail nothing; `limits` and `differences` do."""

    attack: str
    figures: dict[str, Any] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    #: what is wrong in each negative control, and how many differences were seen of it
    controls: dict[str, int] = field(default_factory=dict)
    limits: dict[str, Limit] = field(default_factory=dict)
    #: no allowance is made for the machine
    strict: bool = False

    def must_be(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.differences.append(f"{what}: {found!r} instead of {expected!r}")

    def must_take(
        self, what: str, seconds: float, *, at_most: float, tolerated: float = 0, applies: bool = True
    ) -> None:
        """Unless the run is strict `tolerated` seconds are allowed, SLOW times `at_most` if it is not said."""
        tolerated = tolerated or SLOW * at_most
        self.limits[what] = Limit(round(seconds, 2), at_most, tolerated, applies=applies)

    def must_reach(self, what: str, rate: float, *, at_least: float, applies: bool = True) -> None:
        """`rate` a second; unless the run is strict `at_least` / SLOW will do."""
        self.limits[what] = Limit(round(rate, 1), at_least, at_least / SLOW, at_least=True, applies=applies)

    @property
    def overruns(self) -> list[str]:
        return [
            f"{what}: {limit.as_dict(strict=self.strict)}"
            for what, limit in self.limits.items()
            if not limit.is_kept(strict=self.strict)
        ]

    def audit(self) -> None:
        """The books against the tables, after every attack."""
        self.differences += [f"audit: {difference}" for difference in find_differences()]

    @property
    def holds(self) -> bool:
        return not self.differences and not self.overruns and all(self.controls.values())

    def as_dict(self) -> dict[str, Any]:
        differences = self.overruns + self.differences
        return {
            "attack": self.attack,
            "holds": self.holds,
            "figures": self.figures,
            "limits": {what: limit.as_dict(strict=self.strict) for what, limit in self.limits.items()},
            "differences": differences[:SHOWN],
            "differences_count": len(differences),
            "negative_controls": self.controls,
        }


def seen(compare: Callable[[Finding], object]) -> int:
    """For negative controls: how many differences the model's comparison sees."""
    finding = Finding("guard off")
    compare(finding)
    return len(finding.differences)


def seen_by_both(spoil: Callable[[], object], compare: Callable[[Finding], object]) -> int:
    """What the model's comparison sees of a fault that is undone afterwards; 0 unless the audit sees it too."""
    finding = Finding("spoilt by hand")
    with transaction.atomic():
        spoil()
        by_the_model = seen(compare)
        finding.audit()
        transaction.set_rollback(True)
    return by_the_model if finding.differences else 0

"""What an attack found out: figures to read, differences that must not be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from payments.audit.services import find_differences

SLOW = 2
"""Times its limit that something may take: on two old cores, beside other work, all takes longer."""


@dataclass
class Finding:
    """`figures` tell of the machine too; only `differences` fail a run."""

    attack: str
    figures: dict[str, Any] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    #: what is wrong in each negative control, and how many differences were seen of it
    controls: dict[str, int] = field(default_factory=dict)

    def must_be(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.differences.append(f"{what}: {found!r} instead of {expected!r}")

    def must_take(self, what: str, seconds: float, *, at_most: float) -> None:
        """`at_most` is meant for a machine with nothing else to do: SLOW times as many seconds are allowed."""
        self.must_be(f"{what}: longer than {SLOW * at_most:g} s", seconds > SLOW * at_most, False)

    def audit(self) -> None:
        """The books against the tables, after every attack."""
        self.differences += [f"audit: {difference}" for difference in find_differences()]

    @property
    def holds(self) -> bool:
        return not self.differences and all(self.controls.values())

    def as_dict(self) -> dict[str, Any]:
        shown = self.differences[:20]
        return {
            "attack": self.attack,
            "holds": self.holds,
            "figures": self.figures,
            "differences": shown,
            "differences_count": len(self.differences),
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

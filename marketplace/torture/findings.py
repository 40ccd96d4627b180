"""What an attack found out: figures to read, differences that must not be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from payments.audit.services import find_differences


@dataclass
class Finding:
    """`figures` tell of the machine too; only `differences` fail a run."""

    attack: str
    figures: dict[str, Any] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    #: how many differences the negative control saw; None where an attack has none
    control: int | None = None

    def must_be(self, what: str, found: object, expected: object) -> None:
        if found != expected:
            self.differences.append(f"{what}: {found!r} instead of {expected!r}")

    def audit(self) -> None:
        """The books against the tables, after every attack."""
        self.differences += [f"audit: {difference}" for difference in find_differences()]

    @property
    def holds(self) -> bool:
        return not self.differences and self.control != 0

    def as_dict(self) -> dict[str, Any]:
        shown = self.differences[:20]
        return {
            "attack": self.attack,
            "holds": self.holds,
            "figures": self.figures,
            "differences": shown,
            "differences_count": len(self.differences),
            "negative_control": self.control,
        }


def seen_by_both(compare: Callable[[Finding], object]) -> int:
    """For negative controls: how much the model's comparison sees of a fault, 0 unless the audit sees it too."""
    finding = Finding("guard off")
    compare(finding)
    by_the_model = len(finding.differences)
    finding.audit()
    return by_the_model if len(finding.differences) > by_the_model else 0

"""What an audit finds."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

TOLD_BY_OTHERS = "rails_report_the_same"
"""The one check that is not of our own books: what it finds waits at the desk, and is no fault of the market's."""


@dataclass(frozen=True, slots=True)
class Difference:
    """``subject`` names the row; ``expected`` is what the other side says, ``found`` what the books say."""

    check: str
    subject: str
    expected: int
    found: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


def compare(check: str, subject: str, expected: int, found: int) -> Iterator[Difference]:
    if expected != found:
        yield Difference(check, subject, expected, found)

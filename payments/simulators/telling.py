"""How the shop is to be told of an act: properly, or with one of the faults that networks and thieves make."""

from dataclasses import dataclass
from typing import Self

from payments.simulators.server import Json

LATER_MINUTES = 5
DAY_MINUTES = 24 * 60
WORDS = ("", "before_return", "lost", "twice", "reordered", "late_days", "wrong_amount", "wrong_signature")
_USUAL = {"late_days": 3, "wrong_amount": 1_000}


@dataclass(frozen=True)
class Telling:
    """``wrong_amount`` in đồng, 0 for the true one."""

    copies: int = 1
    late_days: int = 0
    reordered: bool = False
    wrong_amount: int = 0
    forged: bool = False

    @classmethod
    def from_order(cls, order: Json) -> Self:
        """From {"notify": word}, {"notify": {word: value}} or {word: value}. Raises ValueError, TypeError.

        "before_return" is the usual order; "reordered" comes five minutes later, after the buyer is back and
        after whatever else is told meanwhile.
        """
        said = order.get("notify", "")
        asked = dict(said) if isinstance(said, dict) else {str(said): True}
        asked |= {word: value for word, value in order.items() if word != "notify"}
        if unknown := asked.keys() - set(WORDS):
            raise ValueError(
                f"unknown: {', '.join(sorted(unknown))}; notify is one of {', '.join(WORDS[1:])}"
            )
        return cls(
            copies=0 if asked.get("lost") else 2 if asked.get("twice") else 1,
            late_days=_number(asked, "late_days"),
            reordered=bool(asked.get("reordered")),
            wrong_amount=_number(asked, "wrong_amount"),
            forged=bool(asked.get("wrong_signature")),
        )

    @property
    def delay_minutes(self) -> int:
        return self.late_days * DAY_MINUTES + (LATER_MINUTES if self.reordered else 0)


def _number(asked: Json, word: str) -> int:
    """A bare word means its usual number."""
    value = asked.get(word, 0)
    return _USUAL[word] if value is True else int(value)

"""One example of the machine: people press buttons and rails tell things, and the market begins anew for the next.

What the market refuses is no fault, unless it fails over it. A step is given rows by number: whichever there are.
"""

import itertools
import uuid
from collections.abc import Callable
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from marketplace.outbox.delivery import deliver_due
from marketplace.torture.machine.stage import Stage
from marketplace.torture.people.pressing import Pressing

WORDS = "Hàng bị dập"
PICK = st.integers(0, 10_000)


def chosen(rows: Any, at: int) -> Any:
    """One of the rows, or None when there are none."""
    found = list(rows.order_by("pk"))
    return found[at % len(found)] if found else None


class Example(RuleBasedStateMachine):
    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.stage.begin_anew()
        self.buyers = dict(self.stage.buyers)
        self.keys = itertools.count(1)
        self.told: set[int] = set()
        self.paid: set[str] = set()
        self.is_new = True

    def token(self) -> uuid.UUID:
        """Of a form that was opened anew."""
        return uuid.UUID(int=next(self.keys))

    def press(self, who: Pressing, path: str, /, **fields: object) -> None:
        answer = who.tell(path, **fields)
        assert answer.status < 500, f"{path} answered {answer.status}"
        assert not answer.where.startswith("/tai-khoan/"), f"{path} wants to know who it is: {answer.where}"
        if answer.written:
            self.follow()

    def happens(self, what: Callable[[], object]) -> None:
        """Elsewhere: a rail or the bank tells the market, or the beat asks for something."""
        what()
        self.follow()

    def follow(self) -> None:
        """Do at once what a worker would."""
        while deliver_due():
            pass
        self.is_new = True

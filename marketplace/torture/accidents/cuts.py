"""Whoever's COMMIT was cut asks again: what has to be so after the first time, and after the second."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.db import OperationalError

from marketplace.torture.accidents.on_order import AFTER, HEADER, cut_commit
from marketplace.torture.findings import Finding
from marketplace.torture.people.pressing import Answered

Effects = Callable[[], int]
"""How often it has happened by now."""


def press_twice(
    finding: Finding, what: str, when: str, press: Callable[..., Answered], effects: Effects
) -> None:
    """A button, by a request that is cut, and by another one."""
    before = effects()
    finding.must_be(f"answer, {what}, cut {when}", press(**{HEADER: f"cut {when}"}).status, 500)
    must_be_the_one(finding, what, when, effects() - before)
    finding.must_be(f"second answer, {what}, cut {when}", press().status, 302)


def call_twice(
    finding: Finding,
    what: str,
    when: str,
    do: Callable[[], object],
    effects: Effects,
    accident: Callable[[str], AbstractContextManager[None]] = cut_commit,
) -> None:
    """A job, as its worker does it."""
    before = effects()
    try:
        with accident(when):
            do()
        raise AssertionError("nothing was committed")
    except OperationalError:
        pass
    must_be_the_one(finding, what, when, effects() - before)
    do()


def must_be_the_one(finding: Finding, what: str, when: str, effects: int) -> None:
    """The COMMIT that was cut is the one that was meant: done afterwards, it has had its effect; before, none."""
    finding.must_be(f"effects of the COMMIT that was cut {when}, {what}", effects, int(when == AFTER))

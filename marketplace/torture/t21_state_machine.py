"""T21: hypothesis lets buyers, farms, rails, banks, carriers and staff do anything in any order; see machine/."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import hypothesis
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from marketplace.bench.database import copied_database
from marketplace.torture import farms, forks
from marketplace.torture.findings import Finding
from marketplace.torture.machine.market import Faulty, Market, opened
from marketplace.torture.machine.stage import Stage

FULL, SMALL = (200, 50), (6, 15)
"""Examples, and steps of each."""
PROCESSES = 2
"""Share the examples, each with other dice: it is meant for two cores."""
SECONDS = 480
TRIED = (Phase.generate,)
"""Nothing is made shorter that fails: that takes minutes. The seed leads to the same steps again."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding = Finding("T21")
    farms.staff()
    examples, steps = SMALL if small else FULL
    finding.figures |= {"examples": examples, "steps": steps}
    begun = time.monotonic()
    share = partial(_share, examples=examples // PROCESSES, steps=steps, seed=seed)
    finding.differences += forks.side_by_side(share, processes=PROCESSES)
    finding.must_take("seconds", time.monotonic() - begun, at_most=SECONDS, applies=not small)
    with _stage(PROCESSES):
        finding.controls["transfers counted twice"] = len(faults(Faulty, 1, steps, seed))
    return finding


def _share(which: int, *, examples: int, steps: int, seed: int) -> list[str]:
    with _stage(which):
        return faults(Market, examples, steps, seed + which)


@contextmanager
def _stage(which: int) -> Iterator[Stage]:
    """On a database of its own: an example changes it for good."""
    with copied_database(f"{connection.settings_dict['NAME']}_{which}"), opened(which) as stage:
        yield stage


def faults(machine: type[RuleBasedStateMachine], examples: int, steps: int, seed: int) -> list[str]:
    """The first fault that hypothesis found, and the steps that led to it."""
    said = settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        print_blob=False,
        phases=TRIED,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=said)
    except Exception as fault:  # noqa: BLE001  whatever a service raises that is no refusal
        notes = "\n".join(getattr(fault, "__notes__", []))
        return [f"{type(fault).__name__}: {fault}\n{notes}"]
    return []

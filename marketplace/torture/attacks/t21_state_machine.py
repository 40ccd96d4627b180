"""T21: hypothesis lets buyers, farms, rails, banks, carriers and staff do anything in any order; see machine/."""

import time
from functools import partial

import hypothesis
from django.db import connection
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test

from marketplace.bench.database import copied_database
from marketplace.torture.accidents import forks
from marketplace.torture.findings import Finding
from marketplace.torture.machine.market import Faulty, Market, opened
from marketplace.torture.people.signed_in import hire_staff

FULL, SMALL = (200, 50), (6, 15)
"""Examples, and steps of each."""
PROCESSES = 2
"""Share the examples, each with other dice: it is meant for two cores."""
SECONDS = 480
REACHED = {
    f"{model}: {state}"
    for model, states in {
        "sellerorder": "awaiting_payment new packing handed_over delivered cancelled expired",
        "payment": "pending confirmed expired cancelled",
        "transfer": "exact partial over duplicate late unknown",
        "refund": "proposed created in_transit done",
        "claim": "made",
        "cancellationrequest": "asked agreed refused",
        "payout": "sent paid returned",
        "entry": "money_received order_paid commission withheld_tax shipping_due cash_collected refund_owed "
        "commission_back tax_back refund_sent rail_settled payout_sent reversal",
    }.items()
    for state in states.split()
}
"""Rows in states that some example leads to, whatever the seed, or steps have become empty gestures."""
TRIED = (Phase.generate,)
"""Nothing is made shorter that fails: that takes minutes. The seed leads to the same steps again."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    finding = Finding("T21")
    hire_staff()
    examples, steps = SMALL if small else FULL
    begun = time.monotonic()
    share = partial(_share, examples=examples // PROCESSES, steps=steps, seed=seed)
    shares = forks.side_by_side(share, processes=PROCESSES)
    finding.must_take("seconds", time.monotonic() - begun, at_most=SECONDS, applies=not small)
    for each in shares:
        finding.differences += each.differences
        finding.controls |= each.controls
    reached = set[str]().union(*(each.figures["reached"] for each in shares))
    finding.figures |= {"examples": examples, "steps": steps, "reached": sorted(reached)}
    if not small:
        finding.must_be("never reached", sorted(REACHED - reached), [])
    return finding


def _share(which: int, *, examples: int, steps: int, seed: int) -> Finding:
    """On a database of its own: an example changes it for good. One of the shares has the control besides."""
    finding = Finding("T21")
    with copied_database(f"{connection.settings_dict['NAME']}_{which}"), opened(which) as stage:
        finding.differences += faults(Market, examples, steps, seed + which)
        finding.figures["reached"] = stage.reached
        if which == 0:
            finding.controls["transfers counted twice"] = len(faults(Faulty, 1, steps, seed))
    return finding


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

"""What two beats and two workers are compared by, without any of their processes."""

from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.torture.findings import Finding
from marketplace.torture.workers.crew import Crew, times_in
from marketplace.torture.workers.tally import Deed, Tally, Wish

SWEEP = "marketplace.outbox.tasks.sweep"


@pytest.fixture
def tally() -> Iterator[Tally]:
    tally = Tally()
    tally.forget()
    yield tally
    tally.forget()


def test_nothing_is_left_when_all_is_done_that_was_counted_when_it_was_asked_for(tally: Tally) -> None:
    for asker in ("gen1@here", "gen1@here", "gen2@here"):
        tally.note_asked(Wish(asker, SWEEP))
    tally.note_done(Deed("worker-0@here", "gen1@here", SWEEP, "SUCCESS"))
    tally.note_done(Deed("worker-0@here", "gen9@here", SWEEP, "SUCCESS"))  # asked for by the web
    assert tally.left() == {Wish("gen1@here", SWEEP): 1, Wish("gen2@here", SWEEP): 1}
    tally.note_done(Deed("worker-1@here", "gen1@here", SWEEP, "SUCCESS"))
    tally.note_done(Deed("worker-1@here", "gen2@here", SWEEP, "FAILURE"))
    assert not tally.left()
    assert tally.done()[Deed("worker-1@here", "gen2@here", SWEEP, "FAILURE")] == 1


def test_beats_and_workers_are_told_apart(tally: Tally) -> None:
    crew = crew_of(tally)
    for asker, worker in (("gen1@here", 0), ("gen1@here", 0), ("gen11@here", 1)):
        tally.note_asked(Wish(asker, SWEEP))
        tally.note_done(Deed(f"worker-{worker}@here", asker, SWEEP, "SUCCESS"))
    assert [crew.asked_for(beat) for beat in crew.beats] == [Counter({SWEEP: 2}), Counter({SWEEP: 1})]
    assert [crew.done_by(worker) for worker in crew.workers] == [2, 1]


def test_a_beat_that_asks_too_little_an_idle_worker_and_what_fails_or_is_left_are_differences(
    tally: Tally,
) -> None:
    for asker in ("gen1@here", "gen11@here"):
        for task, times in times_in(10).items():
            for _ in range(times):
                tally.note_asked(Wish(asker, task))
                tally.note_done(Deed("worker-1@here", asker, task, "SUCCESS"))
    assert differences(tally) == ["idle workers"]
    tally.note_asked(Wish("gen1@here", SWEEP))
    tally.note_done(Deed("worker-0@here", "gen1@here", SWEEP, "EXPIRED"))
    assert differences(tally) == []
    tally.note_asked(Wish("gen1@here", SWEEP))
    assert differences(tally) == ["tasks left"]
    tally.note_done(Deed("worker-0@here", "gen1@here", SWEEP, "FAILURE"))
    assert differences(tally) == ["tasks that failed"]
    tally.forget()
    assert differences(tally) == ["asked too seldom by beat 0", "asked too seldom by beat 1", "idle workers"]


def crew_of(tally: Tally) -> Crew:
    beats: Any = [SimpleNamespace(process=SimpleNamespace(pid=pid)) for pid in (1, 11)]
    alive = SimpleNamespace(poll=lambda: None)
    workers: Any = [SimpleNamespace(name=f"worker-{number}", process=alive) for number in range(2)]
    return Crew(beats, workers, pace=60, tally=tally)


def differences(tally: Tally) -> list[str]:
    finding = Finding("T0")
    crew_of(tally).compare(finding, 10)
    return [one.partition(":")[0] for one in finding.differences]


def test_a_beat_asks_for_everything_within_ten_minutes_and_for_nothing_hourly_within_three() -> None:
    ten, three = times_in(10), times_in(3)
    assert (ten[SWEEP], three[SWEEP]) == (20, 6)
    audit = "payments.audit.tasks.audit"
    assert (ten[audit], three[audit]) == (2, 0)
    assert all(ten.values())

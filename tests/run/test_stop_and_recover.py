"""Whatever way a market ends, nothing of it stays, and the next one opens."""

import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from marketplace.embedded import locks
from marketplace.run import guard, leftovers
from marketplace.run.configuration import ROOT
from tests.run.running import VAR, Market, tree
from tests.waiting import PATIENCE, wait_for

pytestmark = pytest.mark.usefixtures("alone")


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):  # it ended with one killed before it
            process.kill()
    assert gone(processes)


def gone(processes: list[psutil.Process]) -> bool:
    return psutil.wait_procs(processes, timeout=PATIENCE)[1] == []


def test_second_start_prepares_nothing_again_and_sigterm_leaves_nothing(prepared: None) -> None:
    market = Market().wait_until_open()
    assert "Bringing the database up to date" not in market.said()
    assert "Compressing" not in market.said()
    processes = tree(market)
    assert len(processes) >= 12  # run, guard, keeper, servers, web, workers, beat, bank
    assert market.end() == 0
    assert gone(processes)
    assert "Everything has stopped." in market.said()


def test_dev_reloads_with_debug_and_leaves_nothing_either() -> None:
    market = Market(arguments=("--dev",)).wait_until_open()
    assert market.get("/healthz").headers["Server"].startswith("WSGIServer")
    processes = tree(market)
    assert market.end() == 0
    assert gone(processes)


def test_next_run_opens_whatever_was_killed_and_make_stop_closes_it(monkeypatch: pytest.MonkeyPatch) -> None:
    market = Market().wait_until_open()
    guards = [p for p in market.process.children() if "marketplace.run.guard" in p.cmdline()]
    orphans = leftovers.marked(VAR)
    kill([*guards, market.process])
    # nobody is left who would end the children: the next run does, and gets their ports
    market = Market(port=market.port, simulators=market.simulators).wait_until_open()
    assert gone(orphans)

    processes = tree(market)
    market.process.kill()
    assert gone(processes), "the guard and the keeper end what a killed run left"

    market = Market().wait_until_open()
    kill(tree(market))

    market = Market().wait_until_open()
    processes = tree(market)
    monkeypatch.setenv("VAR_DIR", str(VAR))
    stop = subprocess.run(
        [sys.executable, "-m", "marketplace.run.stop"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (stop.returncode, stop.stdout) == (0, "The market is closed.\n")
    assert gone(processes)


def test_ctrl_c_during_the_preparation_leaves_nothing() -> None:
    market = Market()
    wait_for(lambda: locks.is_locked(guard.lock_file(VAR)), "the guard")
    processes = tree(market)
    market.process.send_signal(signal.SIGINT)
    assert market.wait_for_end() == 0
    assert gone(processes)


def test_marks_are_of_one_folder_only(tmp_path: Path) -> None:
    assert leftovers.marked(tmp_path) == []

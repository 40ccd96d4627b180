"""What `make torture` prints, and its exit code, by an attack that does nothing but say what it was asked."""

import json
import sys
from types import SimpleNamespace
from typing import Any

import pytest

from marketplace.torture.__main__ import ATTACKS, WITHOUT_MARKET, attack_all, options_of, report
from marketplace.torture.accidents.wire import closed_port
from marketplace.torture.findings import SLOW, Finding

ELSEWHERE = "192.0.2.1"
"""An address of no machine (RFC 5737): nobody can listen there."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Finds fault with every market."""
    figures = {"small": small, "dice": seed}
    return Finding("T0", figures, ["an order too many"], {"without a guard": 1})


def slow(market: str, *, small: bool, seed: int) -> Finding:
    """Takes a little longer than it should."""
    finding = Finding("T0")
    finding.must_take("seconds", 130, at_most=120)
    finding.must_reach("per_second", 90, at_least=150)
    return finding


@pytest.fixture
def _attacked(attackable: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(ATTACKS, "T0", "t0")
    monkeypatch.setattr("marketplace.torture.__main__.WITHOUT_MARKET", (*WITHOUT_MARKET, "T0"))
    monkeypatch.setitem(sys.modules, "marketplace.torture.attacks.t0", SimpleNamespace(attack=attack))


@pytest.mark.usefixtures("_attacked")
def test_prints_what_was_found_and_ends_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    options = options_of(["--only", "T0", "--small", "--seed", "11"])
    assert attack_all(options) == 1
    summary: dict[str, Any] = json.loads(capsys.readouterr().out)
    (found,) = summary["attacks"]
    assert (summary["seed"], summary["small"]) == (11, True)
    assert found["figures"].pop("all_seconds") >= 0
    assert found == {
        "attack": "T0",
        "holds": False,
        "figures": {"small": True, "dice": 11},
        "limits": {},
        "differences": ["an order too many"],
        "differences_count": 1,
        "negative_controls": {"without a guard": 1},
    }


@pytest.mark.usefixtures("_attacked")
def test_an_attack_that_breaks_down_is_in_the_summary(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        sys.modules, "marketplace.torture.attacks.t0", SimpleNamespace(attack=lambda *_, **__: 1 / 0)
    )
    assert attack_all(options_of(["--only", "T0"])) == 1
    (found,) = json.loads(capsys.readouterr().out)["attacks"]
    assert found["differences"][0].startswith("crashed: ")
    assert "ZeroDivisionError" in found["differences"][0]


@pytest.mark.usefixtures("_attacked")
def test_a_rail_that_does_not_start_is_a_finding_and_the_next_attack_goes_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIMULATOR_HOST", ELSEWHERE)
    assert attack_all(options_of(["--only", "T5", "T0", "--small"])) == 1
    rail, other = json.loads(capsys.readouterr().out)["attacks"]
    assert (rail["attack"], rail["holds"]) == ("T5", False)
    assert "The pretended momo did not start." in rail["differences"][0]
    assert other["differences"] == ["an order too many"]


@pytest.mark.usefixtures("_attacked")
def test_a_market_that_does_not_start_is_a_finding_and_the_next_attack_goes_on(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with closed_port() as taken:
        assert attack_all(options_of(["--only", "T6", "T0", "--small", "--port", str(taken)])) == 1
    market, other = json.loads(capsys.readouterr().out)["attacks"]
    assert (market["attack"], market["holds"]) == ("T6", False)
    assert f"The server did not start on port {taken}." in market["differences"][0]
    assert other["differences"] == ["an order too many"]


def test_ends_with_0_only_when_every_attack_holds() -> None:
    holds, does_not = Finding("T5"), Finding("T6", differences=["an order too many"])
    options = options_of(["--only", "T5", "T6"])
    assert report(options, [holds, holds]) == 0
    assert report(options, [holds, does_not]) == 1


def test_an_attack_does_not_hold_when_one_of_its_controls_saw_nothing() -> None:
    assert Finding("T0", controls={"by hand": 1, "without a guard": 2}).holds
    assert not Finding("T0", controls={"by hand": 1, "without a guard": 0}).holds


def test_seconds_may_be_more_on_a_slow_machine_but_not_without_end() -> None:
    finding = Finding("T0")
    finding.must_take("jobs", 119 * SLOW, at_most=120)
    assert finding.holds
    finding.must_take("jobs", 121 * SLOW, at_most=120)
    assert not finding.holds


def test_a_rate_may_be_less_on_a_slow_machine_but_not_without_end() -> None:
    finding = Finding("T0")
    finding.must_reach("per_second", 151 / SLOW, at_least=150)
    assert finding.holds
    finding.must_reach("per_second", 149 / SLOW, at_least=150)
    assert not finding.holds


@pytest.mark.usefixtures("_attacked")
@pytest.mark.parametrize(
    ("said", "applied", "code"),
    [((), (240, 75.0), 0), (("--strict",), (120, 150), 1)],
    ids=["usual", "strict"],
)
def test_a_strict_run_makes_no_allowance_and_tells_what_it_applied(
    said: tuple[str, ...],
    applied: tuple[float, float],
    code: int,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "marketplace.torture.attacks.t0", SimpleNamespace(attack=slow))
    assert attack_all(options_of(["--only", "T0", *said])) == code
    summary: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert summary["strict"] is bool(said)
    (found,) = summary["attacks"]
    assert found["limits"] == {
        "seconds": {"measured": 130.0, "at_most": 120, "applied": applied[0]},
        "per_second": {"measured": 90.0, "at_least": 150, "applied": applied[1]},
    }
    assert found["differences_count"] == 2 * code


@pytest.mark.parametrize("strict", [False, True])
def test_limits_of_the_full_attack_are_not_for_a_small_one(strict: bool) -> None:
    finding = Finding("T0", strict=strict)
    finding.must_reach("per_second", 1, at_least=150, applies=False)
    finding.must_take("seconds", 1_000, at_most=120, applies=False)
    assert finding.holds
    assert {limit["applied"] for limit in finding.as_dict()["limits"].values()} == {None}

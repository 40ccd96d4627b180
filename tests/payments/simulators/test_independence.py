"""What is true of every simulator: it shares no code with what it tests, and production has no use for it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from marketplace.run.configuration import SIMULATORS
from tests.payments.simulators.processes import start

NAMES = sorted(SIMULATORS)


def test_each_package_is_started_with_the_market() -> None:
    packages = {path.parent.name for path in Path("payments/simulators").glob("*/__main__.py")}
    assert packages == set(SIMULATORS)


def test_no_simulator_names_the_project() -> None:
    code = "\n".join(path.read_text() for path in Path("payments/simulators").rglob("*.py"))
    imports = re.findall(r"^\s*(?:from|import) (\S+)", code, re.MULTILINE)
    ours = ("payments", "django", "marketplace", "catalogue", "farmers")
    foreign = [name for name in imports if name.split(".")[0] in ours]
    assert [name for name in foreign if not name.startswith("payments.simulators")] == []


@pytest.mark.parametrize("name", NAMES)
def test_starting_one_loads_nothing_of_the_project(name: str) -> None:
    loaded = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", f"import payments.simulators.{name}.__main__"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    for module in ("payments.providers", "payments.models", "django", "marketplace"):
        assert module not in loaded


@pytest.mark.parametrize("name", NAMES)
def test_production_refuses_it(name: str) -> None:
    process = start(name, "--port", "0", DJANGO_SETTINGS_MODULE="marketplace.settings.production")
    assert process.wait(10) == 1
    assert process.stderr is not None
    assert "no place in production" in process.stderr.read()

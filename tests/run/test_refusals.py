"""What cannot be is said in one sentence, before anything is started."""

import errno
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from marketplace.embedded.ports import free_port
from marketplace.run import ports
from marketplace.run.configuration import ROOT, from_environment
from marketplace.run.errors import CannotRun, told_in_one_sentence
from marketplace.run.steps import STATIC
from tests.run.running import Market


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def refusal(market: Market) -> str:
    """The one line that it said before it ended with exit code 1."""
    assert market.wait_for_end() == 1
    (line,) = market.said().splitlines()
    return line


def test_taken_port(alone: None, taken_port: int) -> None:
    line = refusal(Market(port=taken_port))
    assert line.startswith(f"Port {taken_port} is taken by another program")
    assert f"make run PORT={taken_port + 100}" in line


def test_taken_port_of_a_simulator(alone: None, taken_port: int) -> None:
    assert "make run BANK_SIMULATOR_PORT=" in refusal(Market(simulators={"bank": taken_port}))


@pytest.mark.parametrize(
    ("program", "not_ours"),
    [
        ("marketplace.run", ""),
        ("marketplace.run", "run"),
        ("marketplace.run", "run/run.lock"),
        ("marketplace.run.stop", "run/run.lock"),
    ],
)
def test_a_folder_that_cannot_be_used(tmp_path: Path, program: str, not_ours: str) -> None:
    """Root, who may run the tests, is refused nothing: a folder for a file, or the other way, stands in for it."""
    place = tmp_path / "var" / not_ours
    place.parent.mkdir(parents=True, exist_ok=True)
    place.mkdir() if place.suffix else place.touch()
    environment = os.environ | {"VAR_DIR": str(tmp_path / "var"), "PORT": str(free_port())}
    command = [sys.executable, "-m", program]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    (line,) = ended.stderr.splitlines()
    assert ended.returncode == 1
    assert line.startswith(f"Cannot use {tmp_path / 'var'}")


def test_a_stamp_that_cannot_be_written(tmp_path: Path) -> None:
    configuration = replace(from_environment(reload=False), var=tmp_path)
    (tmp_path / "run" / "static.done").mkdir(parents=True)
    with pytest.raises(SystemExit, match="Cannot use .*static.done"), told_in_one_sentence():
        STATIC.mark_done(configuration)


@pytest.mark.parametrize("text", ["abc", "0", "65536", "-1", "80.5"])
def test_port_that_is_no_port(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("PORT", text)
    with pytest.raises(CannotRun, match=f"PORT must be a number from 1 to 65535, not '{text}'"):
        from_environment(reload=False)


def test_host_that_is_not_ours() -> None:
    with pytest.raises(CannotRun, match=os.strerror(errno.EADDRNOTAVAIL)):
        ports.require_free("192.0.2.1", free_port(), variable="PORT")


def test_own_words_of_the_operator_come_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "https://cho.example")
    monkeypatch.setenv("ALLOWED_HOSTS", "cho.example")
    environment = from_environment(reload=False).environment()
    assert (environment["SITE_URL"], environment["ALLOWED_HOSTS"]) == ("https://cho.example", "cho.example")


def test_open_to_every_address_accepts_every_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOST", "0.0.0.0")
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    hosts = from_environment(reload=False).environment()["ALLOWED_HOSTS"].split(",")
    assert socket.gethostname() in hosts


def test_production_has_no_simulators(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "marketplace.settings.production")
    configuration = from_environment(reload=False)
    assert not configuration.simulators
    assert "BANK_SIMULATOR_PORT" not in configuration.environment()

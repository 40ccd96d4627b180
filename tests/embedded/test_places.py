"""Folders, users and disks as operators really have them."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from marketplace import embedded
from marketplace.embedded import places, postgres, programs, system_user
from marketplace.embedded.places import OUTSIDE, outside_home, state_folder
from tests.embedded.processes import servers_of

root_only = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")


def modes_up_to_root(path: Path) -> dict[Path, int]:
    return {parent: parent.stat().st_mode for parent in path.parents if parent.exists()}


@root_only
def test_root_runs_the_servers_as_somebody_else(var: Path) -> None:
    embedded.ensure(var, durable=False)
    assert {server.uids().real for server in servers_of(var)}.isdisjoint({0})


def test_permissions_of_other_peoples_folders_are_left_alone(hidden_var: Path) -> None:
    before = modes_up_to_root(hidden_var)
    embedded.ensure(hidden_var, durable=False)
    assert {path: path.stat().st_mode for path in before} == before


@root_only
def test_data_goes_to_var_lib_when_the_server_user_cannot_reach_the_checkout(hidden_var: Path) -> None:
    services = embedded.ensure(hidden_var, durable=False)
    home = outside_home(hidden_var)
    assert home.parent == OUTSIDE
    assert home.stat().st_mode & 0o777 == 0o700
    assert (home / "postgres" / "data" / "PG_VERSION").exists()
    with psycopg.connect(services.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    embedded.erase(hidden_var)
    assert not home.exists()


@root_only
def test_programs_that_the_server_user_cannot_reach_are_copied(hidden_var: Path) -> None:
    user = system_user.server_user()
    home = places.prepare(hidden_var, user).home
    installed = programs.find_postgres(user, home).bin.parents[1]
    hidden_var.parent.mkdir(exist_ok=True)
    for folder in (installed, installed.with_name(f"{installed.name}.libs")):
        shutil.copytree(folder, hidden_var.parent / folder.name, symlinks=True)
    hidden = hidden_var.parent / installed.name / "pginstall" / "bin"
    assert not user.can_run([str(hidden / "postgres"), "--version"])
    copy = programs.reachable(hidden, user, home)
    assert copy.is_relative_to(home)
    assert user.can_run([str(copy / "initdb"), "--version"])


def test_addresses_and_data_are_private(var: Path) -> None:
    embedded.ensure(var, durable=False)
    state = state_folder(var)
    assert (state / "services.json").stat().st_mode & 0o777 == 0o600
    assert (state / "home").stat().st_mode & 0o777 == 0o700


def test_a_folder_too_deep_for_a_socket_works(var: Path) -> None:
    deep = var.parent / ("mảnh-vườn-" * 8) / ("x" * 60) / "var"
    services = embedded.ensure(deep, durable=False)
    with psycopg.connect(services.database_url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    embedded.erase(deep)


@root_only
def test_missing_system_user_is_said_in_one_sentence(monkeypatch: pytest.MonkeyPatch, var: Path) -> None:
    monkeypatch.setattr(system_user, "CANDIDATES", ("nobody-of-this-name",))
    with pytest.raises(embedded.ServiceError, match="useradd --system postgres"):
        embedded.ensure(var)


@pytest.fixture
def small_disk() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ns-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=16m,mode=755", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("may not mount a small disk here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    shutil.rmtree(folder)


def test_full_disk_is_said_in_one_sentence(small_disk: Path) -> None:
    with pytest.raises(embedded.ServiceError, match="The disk is full: .* free some space"):
        embedded.ensure(small_disk / "var")


def test_disk_that_fills_up_during_the_first_start_is_said_too(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The forecast can be wrong: here it sees a big disk, initdb meets the small one."""
    monkeypatch.setattr(postgres, "FIRST_START_BYTES", 0)
    user = system_user.server_user()
    server = postgres.Postgres(places.prepare(small_disk / "var", user), user, durable=True)
    with pytest.raises(embedded.ServiceError, match="The disk is full: initdb cannot write"):
        server.start()

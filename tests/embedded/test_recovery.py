"""What happens when a server, the keeper or everything at once is killed with SIGKILL."""

import os
from pathlib import Path

import psutil
import psycopg

from marketplace import embedded
from marketplace.embedded.places import prepare
from marketplace.embedded.system_user import server_user
from tests.embedded.processes import addresses_of, hold_in_another_process, keeper_of, servers_of
from tests.waiting import PATIENCE, wait_for


def answers(services: embedded.Services) -> bool:
    try:
        with psycopg.connect(services.database_url) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.OperationalError:
        return False


def kill(processes: list[psutil.Process]) -> None:
    for process in processes:
        process.kill()
    assert psutil.wait_procs(processes, timeout=PATIENCE)[1] == []


def test_a_crashed_server_is_started_again_at_the_same_address(var: Path) -> None:
    services = embedded.ensure(var)
    before = servers_of(var)
    kill(before)
    wait_for(lambda: len(servers_of(var)) == 2 and answers(services), "both servers to come back")
    assert embedded.ensure(var) == services


def test_servers_end_with_a_killed_keeper_and_the_next_call_starts_new_ones(var: Path) -> None:
    embedded.ensure(var)
    old = servers_of(var)
    kill([keeper_of(var)])
    services = embedded.ensure(var)
    assert answers(services)
    assert psutil.wait_procs(old, timeout=PATIENCE)[1] == []


def test_everything_killed_at_once_is_recovered(var: Path) -> None:
    holder = hold_in_another_process(var)
    services = addresses_of(holder)
    with psycopg.connect(services.database_url) as connection:
        connection.execute("CREATE TABLE crop AS SELECT 'điều' AS name")
    holder.kill()
    kill([keeper_of(var), *servers_of(var)])
    holder.communicate()
    with psycopg.connect(embedded.ensure(var).database_url) as connection:
        assert connection.execute("SELECT name FROM crop").fetchone() == ("điều",)


def test_a_process_id_that_now_belongs_to_a_stranger_does_not_keep_postgres_from_starting(var: Path) -> None:
    embedded.ensure(var)
    embedded.release(var)
    pid_file = prepare(var, server_user()).home / "postgres" / "data" / "postmaster.pid"
    pid_file.write_text(f"{os.getpid()}\n{pid_file.parent}\n")
    assert answers(embedded.ensure(var))
    assert psutil.pid_exists(os.getpid())


def test_a_half_made_cluster_is_made_again(var: Path) -> None:
    places = prepare(var, server_user())
    unfinished = places.home / "postgres" / "data.unfinished"
    unfinished.mkdir(parents=True)
    server_user().own(unfinished.parent)
    (unfinished / "PG_VERSION").write_text("18\n")
    assert answers(embedded.ensure(var, durable=False))

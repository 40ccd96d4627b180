from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from marketplace import embedded
from tests.embedded.processes import addresses_of, hold_in_another_process, keeper_of, let_go, servers_of
from tests.waiting import PATIENCE


def ask(services: embedded.Services, query: str) -> object:
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def test_postgres_has_the_extensions_that_search_needs(shared_var: Path) -> None:
    services = embedded.ensure(shared_var, durable=False)
    with psycopg.connect(services.database_url, autocommit=True) as connection:
        connection.execute("CREATE EXTENSION unaccent")
        connection.execute("CREATE EXTENSION pg_trgm")
    assert ask(services, "SELECT unaccent('Hạt điều Bù Đăng')") == "Hat dieu Bu Dang"
    assert ask(services, "SELECT similarity('sau reing', 'sau rieng') > 0.3") is True


def test_postgres_knows_vietnamese_upper_case(shared_var: Path) -> None:
    services = embedded.ensure(shared_var, durable=False)
    assert ask(services, "SELECT lower('HẠT ĐIỀU RANG MUỐI')") == "hạt điều rang muối"


def test_valkey_never_evicts_and_asks_for_its_password(shared_var: Path) -> None:
    services = embedded.ensure(shared_var, durable=False)
    with redis.from_url(services.redis_url) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        port = client.connection_pool.connection_kwargs["port"]
    with redis.Redis(host="127.0.0.1", port=port) as stranger, pytest.raises(redis.AuthenticationError):
        stranger.ping()


def test_nothing_listens_beyond_the_loopback(shared_var: Path) -> None:
    embedded.ensure(shared_var, durable=False)
    listening = [
        (server.name(), connection.laddr.ip)
        for server in servers_of(shared_var)
        for connection in server.net_connections("inet")
    ]
    assert listening == [("valkey-server", "127.0.0.1")]


def test_second_call_gives_the_same_servers(shared_var: Path) -> None:
    assert embedded.ensure(shared_var, durable=False) == embedded.ensure(shared_var, durable=False)


def test_two_processes_at_once_share_one_pair_of_servers(var: Path) -> None:
    holders = [hold_in_another_process(var) for _ in range(2)]
    first, second = (addresses_of(holder) for holder in holders)
    assert first == second
    assert sorted(server.name() for server in servers_of(var)) == ["postgres", "valkey-server"]
    for holder in holders:
        let_go(holder)


def test_servers_stay_for_the_last_user_and_then_end(var: Path) -> None:
    services = embedded.ensure(var, durable=False)
    other = hold_in_another_process(var)
    addresses_of(other)
    embedded.release(var)
    assert ask(services, "SELECT 1") == 1
    keeper, servers = keeper_of(var), servers_of(var)
    let_go(other)
    assert psutil.wait_procs([keeper, *servers], timeout=PATIENCE)[1] == []


def test_data_outlives_the_servers(var: Path) -> None:
    services = embedded.ensure(var)
    with psycopg.connect(services.database_url) as connection:
        connection.execute("CREATE TABLE crop AS SELECT 'điều' AS name")
    with redis.from_url(services.redis_url) as client:
        client.set("crop", "tiêu")
    embedded.release(var)
    assert servers_of(var) == []
    services = embedded.ensure(var)
    assert ask(services, "SELECT name FROM crop") == "điều"
    with redis.from_url(services.redis_url, decode_responses=True) as client:
        assert client.get("crop") == "tiêu"


def test_stop_ends_servers_that_somebody_still_holds(var: Path) -> None:
    holder = hold_in_another_process(var)
    addresses_of(holder)
    assert embedded.stop(var)
    assert servers_of(var) == []
    assert not embedded.stop(var)
    let_go(holder)

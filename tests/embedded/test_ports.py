import socket
from pathlib import Path

import pytest

from marketplace.embedded import ports

LINUX = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_a_server_can_listen_there() -> None:
    port = ports.free_port()
    with socket.create_server((ports.HOST, port)) as server:
        assert server.getsockname()[1] == port


def test_a_taken_port_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((ports.HOST, ports.free_port())) as server:
        taken, other = server.getsockname()[1], ports.free_port()
        monkeypatch.setattr(ports, "OFFERED", [taken, other])
        assert {ports.free_port() for _ in range(20)} == {other}


@pytest.mark.skipif(not LINUX.exists(), reason="only Linux tells it there")
def test_nobody_who_calls_out_is_given_an_offered_port() -> None:
    lowest = int(LINUX.read_text().split()[0])
    assert ports.OFFERED[-1] < lowest

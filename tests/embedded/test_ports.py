import socket
from pathlib import Path

import pytest

from marketplace.embedded import ports

LINUX = Path("/proc/sys/net/ipv4/ip_local_port_range")


def test_a_server_can_listen_there() -> None:
    with socket.create_server((ports.HOST, ports.free_port())):
        pass


def test_a_taken_port_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server((ports.HOST, ports.free_port())) as server:
        taken = server.getsockname()[1]
        monkeypatch.setattr(ports, "OFFERED", range(taken, taken + 2))
        assert ports.free_port() == taken + 1


@pytest.mark.skipif(not LINUX.exists(), reason="only Linux tells it there")
def test_nobody_who_calls_out_is_given_an_offered_port() -> None:
    lowest = int(LINUX.read_text().split()[0])
    assert ports.OFFERED[-1] < lowest

"""Places on this machine where nobody listens."""

import socket
from random import SystemRandom

HOST = "127.0.0.1"
#: Below the ports that Linux (from 32768) and macOS (from 49152) give to whoever calls out: a connection
#: of a browser would hold ours for as long as it lives, between its choice and a server's start.
OFFERED = range(20_000, 30_000)
#: not the shared generator: processes that pytest has given the same seed would all choose the same
_chance = SystemRandom()


def free_port() -> int:
    """A port of this machine for a server that starts soon."""
    while True:
        port = _chance.choice(OFFERED)
        with socket.socket() as tried:
            try:
                tried.bind((HOST, port))
            except OSError:
                continue
            return port

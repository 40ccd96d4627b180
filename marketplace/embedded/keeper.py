"""The process that keeps the servers: `python -m marketplace.embedded.keeper VAR [--forgetful]`.

Started by `ensure`, detached from the terminal. It starts both servers, reports on stdout, starts again
what crashes, and stops everything once nobody holds the lease any more or it is asked to (SIGTERM).
"""

import argparse
import contextlib
import fcntl
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

from marketplace.embedded.errors import ServiceError
from marketplace.embedded.locks import lock_within, open_lock
from marketplace.embedded.places import Places, prepare
from marketplace.embedded.postgres import Postgres
from marketplace.embedded.system_user import server_user
from marketplace.embedded.valkey import Valkey

CHECK_SECONDS = 0.5
LOCK_SECONDS = 10
CRASHES_FORGIVEN = 5


def main(var: Path, *, durable: bool) -> int:
    """Keep the servers of `var` until they are needed no more; return the exit code."""
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopping.set())
    try:
        user = server_user()
        places = prepare(var, user)
        _be_only_keeper(places)
        servers = (Postgres(places, user, durable=durable), Valkey(places, user, durable=durable))
        try:
            _start(servers)
            _publish(places, servers)
            threading.Thread(target=_await_disuse, args=(places, stopping), daemon=True).start()
            _watch(servers, stopping)
        finally:
            places.services.unlink(missing_ok=True)
            for server in reversed(servers):
                server.stop()
    except (ServiceError, OSError) as error:
        _report({"error": str(error)})
        return 1
    return 0


def _be_only_keeper(places: Places) -> None:
    """Lock out other keepers until the very end of this process, when the kernel drops the lock."""
    descriptor = open_lock(places.keeper_lock)
    lock_within(descriptor, LOCK_SECONDS, what="another keeper of the same databases")
    os.ftruncate(descriptor, 0)
    os.write(descriptor, str(os.getpid()).encode())


def _start(servers: tuple[Postgres, Valkey]) -> None:
    for server in servers:
        server.start()


def _publish(places: Places, servers: tuple[Postgres, Valkey]) -> None:
    """Leave the addresses for those who join later and tell the one who started us."""
    postgres, valkey = servers
    addresses = {"database_url": postgres.url, "redis_url": valkey.url}
    unfinished = places.services.with_suffix(".unfinished")
    unfinished.touch(mode=0o600)
    unfinished.write_text(json.dumps(addresses))
    unfinished.replace(places.services)
    _report(addresses)


def _report(message: dict[str, str]) -> None:
    """Print one line and let go of stdout, on which the starter is waiting."""
    with contextlib.suppress(BrokenPipeError):
        print(json.dumps(message), flush=True)  # noqa: T201
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _await_disuse(places: Places, stopping: threading.Event) -> None:
    """Return when no process holds the lease; keep it then, so that newcomers wait for our end."""
    fcntl.flock(open_lock(places.lease), fcntl.LOCK_EX)
    stopping.set()


def _watch(servers: tuple[Postgres, Valkey], stopping: threading.Event) -> None:
    """Start a crashed server again, on the same address; give up after a few crashes."""
    crashes = 0
    while not stopping.wait(CHECK_SECONDS):
        for server in servers:
            if server.process is not None and server.process.poll() is not None:
                crashes += 1
                if crashes > CRASHES_FORGIVEN:
                    raise ServiceError(f"{server.log} tells why its server crashed {crashes} times.")
                print(time.strftime("%F %T"), "starting again:", server.log.stem, file=sys.stderr)  # noqa: T201
                server.start()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("var", type=Path)
    parser.add_argument("--forgetful", action="store_true", help="lose data at a power cut; for tests")
    arguments = parser.parse_args()
    sys.exit(main(arguments.var, durable=not arguments.forgetful))

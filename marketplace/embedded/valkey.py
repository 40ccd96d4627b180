"""A private Valkey on a free port of the loopback interface, behind a random password."""

import os
import secrets
import signal
import subprocess
from pathlib import Path

import redis

from marketplace.embedded import server
from marketplace.embedded.errors import ServiceError
from marketplace.embedded.places import Places
from marketplace.embedded.ports import HOST, free_port
from marketplace.embedded.programs import find_valkey
from marketplace.embedded.system_user import SystemUser

NAME = "Valkey"
START_SECONDS = 30
PORT_ATTEMPTS = 5


class Valkey:
    """The server of one `home`. `durable=False` keeps everything in memory only (tests)."""

    def __init__(self, places: Places, user: SystemUser, *, durable: bool) -> None:
        self.user = user
        self.durable = durable
        self.program = find_valkey(user, places.home)
        self.home = places.home / "valkey"
        self.configuration = self.home / "valkey.conf"
        self.log = places.state / "valkey.log"
        self.password = secrets.token_urlsafe(24)
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{self.password}@{HOST}:{self.port}/0"

    def start(self) -> None:
        """Start on the port it had before (after a crash) or on a free one. Raises ServiceError."""
        self.home.mkdir(mode=0o700, exist_ok=True)
        self.user.own(self.home)
        server.end_orphans(str(self.configuration), signal.SIGTERM)
        for attempts_left in reversed(range(PORT_ATTEMPTS)):
            self.port = self.port or free_port()
            try:
                return self._launch()
            except ServiceError:
                taken = "Address already in use" in self.log.read_text(errors="replace")
                if not taken or not attempts_left:
                    raise
                self.port = 0

    def stop(self) -> None:
        """Write everything down and end; does nothing if not running."""
        if self.process is not None:
            server.end(self.process, signal.SIGTERM)

    def _launch(self) -> None:
        self._write_configuration()
        server.fresh_log(self.log)
        self.process = server.spawn(
            [str(self.program), str(self.configuration)],
            user=self.user,
            cwd=self.home,
            log=self.log,
            stop_signal=signal.SIGTERM,
        )
        server.wait_until(self._is_ready, self.process, seconds=START_SECONDS, name=NAME, log=self.log)

    def _write_configuration(self) -> None:
        lines = [
            f"bind {HOST}",
            f"port {self.port}",
            f"requirepass {self.password}",
            f"dir {_quoted(self.home)}",
            "maxmemory-policy noeviction",  # queues and sessions must not silently vanish
            "set-proc-title no",  # the command line is how a leftover server is recognised
            'save ""',
            f"appendonly {'yes' if self.durable else 'no'}",
        ]
        self.configuration.unlink(missing_ok=True)
        descriptor = os.open(self.configuration, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write("\n".join(lines) + "\n")
        self.user.own(self.configuration)

    def _is_ready(self) -> bool:
        try:
            with redis.Redis(host=HOST, port=self.port, password=self.password) as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.BusyLoadingError):
            return False


def _quoted(path: Path) -> str:
    escaped = str(path).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'

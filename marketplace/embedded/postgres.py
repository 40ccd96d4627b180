"""A private PostgreSQL, reachable only through a Unix socket in a folder of mode 0700."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg

from marketplace.embedded import server
from marketplace.embedded.errors import ServiceError
from marketplace.embedded.places import Places
from marketplace.embedded.programs import PostgresPrograms, find_postgres
from marketplace.embedded.system_user import SystemUser

NAME = "PostgreSQL"
ROLE = DATABASE = "marketplace"
LONGEST_SOCKET_PATH = 103  # bytes: sun_path holds 107 on Linux, 103 on macOS
FIRST_START_BYTES = 150 * 1024 * 1024  # an empty cluster with its first WAL segments
START_SECONDS = 60
STILL_HELD = ("pre-existing shared memory block", 'lock file "postmaster.pid" already exists')

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "300",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    "max_parallel_workers_per_gather": "0",  # containers give /dev/shm 64 MB, parallel hashes overrun it
    "jit": "off",  # our queries are short
}
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",  # it would look through every copy of a database that lives for a second
}


class Postgres:
    """The server of one `home`. `durable=False` trades safety against power cuts for speed (tests)."""

    def __init__(self, places: Places, user: SystemUser, *, durable: bool) -> None:
        self.user = user
        self.durable = durable
        self.home = places.home / "postgres"
        self.data = self.home / "data"
        self.log = places.state / "postgres.log"
        self.programs = find_postgres(user, places.home, data_version=self._data_version())
        self.socket_folder = self.home / "socket"
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@/{DATABASE}?host={quote(str(self.socket_folder), safe='')}"

    def start(self) -> None:
        """Create the cluster if there is none, start it, create the database. Raises ServiceError."""
        self._make_folders()
        server.end_orphans(str(self.data), signal.SIGINT)
        if self._data_version() is None:
            self._create_cluster()
        self._drop_foreign_pid_file()
        deadline = time.monotonic() + START_SECONDS
        while True:
            server.fresh_log(self.log)
            try:
                self._launch()
                break
            except ServiceError:
                # Backends of a server that was killed still hold its memory for a moment.
                held = any(words in self.log.read_text(errors="replace") for words in STILL_HELD)
                if not held or time.monotonic() > deadline:
                    raise
        self._create_database()

    def stop(self) -> None:
        """Disconnect everybody and write everything down; does nothing if not running."""
        if self.process is not None:
            server.end(self.process, signal.SIGINT, signal.SIGQUIT)
        if self.socket_folder.parent != self.home:
            shutil.rmtree(self.socket_folder, ignore_errors=True)

    def _data_version(self) -> int | None:
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None

    def _make_folders(self) -> None:
        for folder in (self.home, self.socket_folder):
            folder.mkdir(mode=0o700, exist_ok=True)
            self.user.own(folder)
        if len(os.fsencode(self.socket_folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
            self.socket_folder = Path(
                tempfile.mkdtemp(prefix="nong-san-")
            )  # mode 0700, a name nobody can guess
            self.user.own(self.socket_folder)

    def _create_cluster(self) -> None:
        """Run initdb in a folder beside, then rename: a half-made cluster is never taken for a whole one."""
        free = shutil.disk_usage(self.home).free
        if free < FIRST_START_BYTES:
            raise ServiceError(
                f"The disk is full: a new database needs {FIRST_START_BYTES >> 20} MB under {self.home} and "
                f"{free >> 20} MB are free; free some space and run again."
            )
        unfinished = self.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        server.fresh_log(self.log)
        process = server.spawn(
            _initdb_command(self.programs, unfinished, durable=self.durable),
            user=self.user,
            cwd=self.home,
            log=self.log,
            stop_signal=signal.SIGTERM,
        )
        if process.wait() != 0:
            raise ServiceError(server.explain("initdb", self.log.read_text(errors="replace"), self.log))
        unfinished.replace(self.data)

    def _drop_foreign_pid_file(self) -> None:
        """Remove a postmaster.pid whose number now belongs to some other program.

        PostgreSQL sorts out dead numbers itself but takes any living process for a postmaster. Ours has been
        ended above, so whoever lives under that number is not one of this folder.
        """
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (FileNotFoundError, IndexError, ValueError):
            pid_file.unlink(missing_ok=True)
            return
        if psutil.pid_exists(pid):
            pid_file.unlink()

    def _launch(self) -> None:
        settings = SETTINGS | {"unix_socket_directories": str(self.socket_folder)}
        if not self.durable:
            settings |= FORGETFUL
        command = [str(self.programs.bin / "postgres"), "-D", str(self.data)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        self.process = server.spawn(
            command, user=self.user, cwd=self.home, log=self.log, stop_signal=signal.SIGINT
        )
        server.wait_until(self._is_ready, self.process, seconds=START_SECONDS, name=NAME, log=self.log)

    def _is_ready(self) -> bool:
        """The postmaster writes its state as the eighth line of its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        running = self.process is not None and lines[:1] == [str(self.process.pid)]
        return running and len(lines) >= 8 and lines[7].strip() == "ready"

    def _create_database(self) -> None:
        address = f"host={self.socket_folder} user={ROLE} dbname=postgres"
        with psycopg.connect(address, autocommit=True) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
                connection.execute(f"CREATE DATABASE {DATABASE}")


def _initdb_command(programs: PostgresPrograms, folder: Path, *, durable: bool) -> list[str]:
    """UTF-8 throughout, with Unicode upper and lower case but sorting by code point.

    The wheel's PostgreSQL has no ICU, so no Vietnamese collation: sort names by their folded form instead.
    """
    locale = ["--locale=C.UTF-8"]
    if programs.major >= 17:
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command = [str(programs.bin / "initdb"), "-D", str(folder), "-U", ROLE, "--encoding=UTF8", *locale]
    command += ["--auth-local=trust", "--auth-host=scram-sha-256"]
    return command if durable else [*command, "--no-sync"]

"""The operating-system user that the servers run as: PostgreSQL refuses to run as root."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from marketplace.embedded.errors import ServiceError

CANDIDATES = ("postgres", "nobody")


@dataclass(frozen=True)
class SystemUser:
    """Whom to start servers as. `name` is None when that is simply the user who runs us."""

    name: str | None
    uid: int
    gid: int

    def popen_arguments(self) -> dict[str, object]:
        """Arguments for subprocess that drop to this user (groups included), or none at all."""
        if self.name is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a folder or file of ours to this user."""
        if self.name is not None:
            os.chown(path, self.uid, self.gid)

    def can_run(self, command: list[str]) -> bool:
        """Whether this user can reach and start the program."""
        try:
            result = subprocess.run(
                command,
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                check=False,
                **self.popen_arguments(),  # type: ignore[call-overload]
            )
        except OSError:
            return False
        return bool(result.returncode == 0)


def server_user() -> SystemUser:
    """Return the caller, or for root the first existing unprivileged user the kernel lets us become.

    Raises ServiceError when root finds none; no user is ever created behind the operator's back.
    """
    if os.geteuid() != 0:
        return SystemUser(None, os.geteuid(), os.getegid())
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        user = SystemUser(name, entry.pw_uid, entry.pw_gid)
        if user.can_run(["true"]):
            return user
    raise ServiceError(
        "PostgreSQL refuses to run as root and this machine has no user 'postgres' or 'nobody' to run it as: "
        "add one (useradd --system postgres), run as an ordinary user, or set DATABASE_URL and REDIS_URL."
    )

"""Where the private servers keep their files.

Two folders: `state` (locks, addresses, the keeper's log; belongs to whoever runs us) and `home` (data,
sockets, copies of programs; belongs to the user the servers run as). Both are under the caller's `var`
folder, unless root runs us from a checkout that the server user cannot reach: then `home` is a folder of our
own under /var/lib. Permissions of folders that are not ours are never touched.
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from marketplace.embedded.errors import ServiceError
from marketplace.embedded.system_user import SystemUser

OUTSIDE = Path("/var/lib/nong-san-binh-phuoc")


@dataclass(frozen=True)
class Places:
    state: Path
    home: Path

    @property
    def start_lock(self) -> Path:
        """Held while somebody starts or joins the servers, so that two do not do it at once."""
        return self.state / "start.lock"

    @property
    def lease(self) -> Path:
        """Locked (shared) by every process that uses the servers; they stop when nobody does."""
        return self.state / "lease.lock"

    @property
    def keeper_lock(self) -> Path:
        """Locked by the keeper for as long as it lives; holds its process id."""
        return self.state / "keeper.lock"

    @property
    def services(self) -> Path:
        """The addresses with their passwords, readable by the owner only."""
        return self.state / "services.json"

    @property
    def log(self) -> Path:
        return self.state / "keeper.log"


def state_folder(var: Path) -> Path:
    return var.resolve() / "services"


def outside_home(var: Path) -> Path:
    """The folder under /var/lib that belongs to this `var` folder and no other."""
    return OUTSIDE / hashlib.sha256(os.fsencode(var.resolve())).hexdigest()[:16]


def prepare(var: Path, user: SystemUser) -> Places:
    """Make the folders and return them. Raises ServiceError if they cannot be made."""
    state = state_folder(var)
    try:
        state.mkdir(mode=0o711, parents=True, exist_ok=True)
        home = state / "home"
        if user.name is not None and not user.can_run(["test", "-x", str(state)]):
            home = outside_home(var)
            OUTSIDE.mkdir(mode=0o711, exist_ok=True)
        home.mkdir(mode=0o700, exist_ok=True)
        user.own(home)
    except OSError as error:
        raise ServiceError(f"Cannot make the folder for the databases: {error}.") from error
    return Places(state=state, home=home)

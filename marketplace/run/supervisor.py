"""Keep the children running, each in a session of its own so that Ctrl-C reaches only us."""

import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from marketplace.run.configuration import ROOT

LONGEST_PAUSE = 30.0  # seconds
STEADY_AFTER = 60.0  # seconds without a crash forgive the earlier ones


@dataclass
class Child:
    name: str
    command: Sequence[str]
    crashes: int = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    since: float = 0
    due: float = 0

    @property
    def has_ended(self) -> bool:
        return self.process is None or self.process.poll() is not None


class Supervisor:
    """`hold`: descriptors that the children inherit (their share in the private databases).

    `logs`: the folder for their output, one file each; None lets them write to the terminal.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        *,
        hold: Sequence[int],
        logs: Path | None,
        say: Callable[[str], object],
    ) -> None:
        self.environment = environment
        self.hold = hold
        self.logs = logs
        self.say = say
        self.children: list[Child] = []

    def start(self, name: str, command: Sequence[str]) -> Child:
        child = Child(name, command)
        self.children.append(child)
        if self.logs is not None:
            begin_log(self.log_of(child))
        self._launch(child)
        return child

    def tend(self) -> None:
        """Look after the children once: note who crashed, start again whose pause is over."""
        now = time.monotonic()
        for child in self.children:
            if child.process is not None and child.has_ended:
                self._note_crash(child, now)
            if child.process is None and now >= child.due:
                self._launch(child)

    def stop(self) -> None:
        """Ask every child to finish; `leftovers.end` waits for them and for what they started."""
        for child in self.children:
            if child.process is not None and not child.has_ended:
                child.process.terminate()

    def _launch(self, child: Child) -> None:
        child.since = time.monotonic()
        with self._output(child) as output:
            child.process = subprocess.Popen(
                child.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
                pass_fds=self.hold,
            )

    def _output(self, child: Child) -> AbstractContextManager[IO[bytes] | None]:
        if self.logs is None:
            return nullcontext()
        return self.log_of(child).open("ab")

    def _where(self, child: Child) -> str:
        return f" See {self.log_of(child)}." if self.logs else ""

    def log_of(self, child: Child) -> Path:
        assert self.logs is not None
        return self.logs / f"{child.name.replace(' ', '-')}.log"

    def _note_crash(self, child: Child, now: float) -> None:
        assert child.process is not None
        child.crashes = 1 if now - child.since > STEADY_AFTER else child.crashes + 1
        pause = min(LONGEST_PAUSE, 2.0 ** (child.crashes - 1))
        self.say(
            f"The {child.name} ended unexpectedly ({_reason(child.process.returncode)}); "
            f"starting it again in {pause:.0f} s.{self._where(child)}"
        )
        child.process = None
        child.due = now + pause


def begin_log(path: Path) -> None:
    """Begin a new log and keep the one of the last run as `.old`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        path.replace(path.with_suffix(".old"))


def _reason(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"

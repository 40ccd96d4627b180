"""One line per step with its time, and the reason of the step that failed."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Failed(Exception):
    """A step has failed and been reported."""


@contextmanager
def step(title: str) -> Iterator[None]:
    """Print `title` and how long the block took. Raises Failed, with the reason printed, if the block raised."""
    began = time.monotonic()
    try:
        yield
    except Exception as error:
        say(
            f"{time.monotonic() - began:7.2f} s  FAILED  {title}\n            {type(error).__name__}: {error}"
        )
        raise Failed(title) from error
    say(f"{time.monotonic() - began:7.2f} s  ok      {title}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def check(holds: object, otherwise: str) -> None:
    """Raises AssertionError, whatever Python's -O says."""
    if not holds:
        raise AssertionError(otherwise)

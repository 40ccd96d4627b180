import sys
from collections.abc import Iterator
from contextlib import contextmanager

from marketplace import embedded


class CannotRun(Exception):
    """The market cannot be started; the text is one sentence that says what to do."""


@contextmanager
def told_in_one_sentence() -> Iterator[None]:
    """End the program with a line on what an operator can mend; all else is our mistake and keeps its traceback."""
    try:
        yield
    except (CannotRun, embedded.ServiceError) as error:
        sys.exit(str(error))
    except OSError as error:
        if error.filename is None:
            raise
        sys.exit(
            f"Cannot use {error.filename}: {error.strerror}. If another user made it (sudo make run), give it back "
            "with chown or choose another folder with VAR_DIR=…"
        )

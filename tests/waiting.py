import threading
import time
from collections.abc import Callable

PATIENCE = 60  # seconds; a slow machine may need them, a fast one never waits that long
PULSE = threading.Event()


def wait_for(condition: Callable[[], bool], what: str, *, seconds: float = PATIENCE) -> None:
    """Return as soon as the condition holds; fail the test, naming `what`, if it never does."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        PULSE.wait(0.05)

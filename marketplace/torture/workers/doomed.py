"""A job of the outbox over which its worker dies: the process that does it, with its parent and its siblings."""

import os
import signal
from typing import Any

from django.db import connection, transaction

from marketplace.torture.accidents.on_order import Fuse
from payments.payouts.services import fill_batch

DOOM = "TORTURE_DOOM"
"""Names the environment variable: the statement of the job after which it is, or END, right after its COMMIT."""
END = "end"


def fill_and_die(payload: dict[str, Any]) -> None:
    at = os.environ[DOOM]
    if at == END:
        transaction.on_commit(_die)
    with connection.execute_wrapper(Fuse(-1 if at == END else int(at), end=_die)):
        fill_batch(payload)


def _die() -> None:
    """The worker leads a group of processes of its own (processes.py)."""
    os.killpg(0, signal.SIGKILL)

"""A job of the outbox that takes its time, so that a kill finds it half done."""

import os
import time
from typing import Any

from payments.notifications import settle

PAUSE = "TORTURE_PAUSE"
"""Names the environment variable: seconds between what the job did and its COMMIT."""


def settle_slowly(payload: dict[str, Any]) -> None:
    settle(payload)
    time.sleep(float(os.environ[PAUSE]))

"""The beat's schedule in a hurry: the same periods by a clock that goes faster."""

from collections.abc import Mapping
from typing import Any

PACE = "TORTURE_PACE"
"""Names the environment variable: how many times as fast the beat's clock goes."""
HOURLY = 240
"""Seconds of the beat's clock between two times of what comes once an hour or less often: ten minutes have two."""


def paced(schedule: Mapping[str, dict[str, Any]], pace: float) -> dict[str, dict[str, Any]]:
    """What comes at an hour of the day stays there."""
    return {
        name: {**entry, "schedule": min(entry["schedule"], HOURLY) / pace}
        if isinstance(entry["schedule"], float)
        else entry
        for name, entry in schedule.items()
    }

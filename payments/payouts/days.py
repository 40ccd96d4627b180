"""On which day the money of a parcel is planned to leave. Loading the rule from its file is repeatable."""

import tomllib
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from django.utils import timezone

from payments.payouts.models import PayoutDays

DATA = Path(__file__).parent / "data" / "days.toml"
_A_WEEK = 7


def payout_days() -> list[PayoutDays]:
    """All rules, the newest first."""
    return list(PayoutDays.objects.order_by("-valid_from"))


def planned_on(free_at: datetime, *, now: datetime, rules: Sequence[PayoutDays]) -> date | None:
    """The first payout day, from today on, before which the money was free; None while no rule says.

    Days are Vietnam's. What becomes free in the course of a day may miss that day's batch.
    """
    first = max(timezone.localdate(free_at) + timedelta(days=1), timezone.localdate(now))
    return next_day(first, rules)


def next_day(first: date, rules: Sequence[PayoutDays]) -> date | None:
    """The first payout day from ``first`` on; None while no rule says."""
    week = (first + timedelta(days=at) for at in range(_A_WEEK))
    return next((day for day in week if day.isoweekday() in _weekdays(day, rules)), None)


def _weekdays(day: date, rules: Sequence[PayoutDays]) -> list[int]:
    return next((rule.weekdays for rule in rules if rule.valid_from <= day), [])


def load_days(file: Path = DATA) -> None:
    """The rule of a day that has one already stays as it is."""
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    PayoutDays.objects.get_or_create(
        valid_from=content["valid_from"], defaults={"weekdays": content["weekdays"]}
    )

"""The beat's schedule in a hurry, as T26 has it."""

from celery.schedules import crontab

from marketplace.torture.workers.pace import paced


def test_every_period_is_shorter_and_the_hourly_comes_within_ten_minutes() -> None:
    at_night = crontab(hour=0, minute=20)
    schedule = {
        "sweep": {"task": "sweep", "schedule": 30.0},
        "audit": {"task": "audit", "schedule": 3600.0},
        "repair": {"task": "repair", "schedule": at_night},
    }
    assert paced(schedule, 15) == {
        "sweep": {"task": "sweep", "schedule": 2.0},
        "audit": {"task": "audit", "schedule": 16.0},
        "repair": {"task": "repair", "schedule": at_night},
    }
    assert schedule["sweep"]["schedule"] == 30.0

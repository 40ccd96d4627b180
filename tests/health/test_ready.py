from datetime import timedelta

import pytest
import time_machine
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from marketplace.health import checks, pulse, tasks
from marketplace.outbox.models import Job

pytestmark = pytest.mark.django_db


@pytest.fixture
def living() -> None:
    """A worker and a beat that have just been heard of."""
    pulse.give(pulse.WORKER)
    tasks.beat_arrived.delay()


def failing(client: Client) -> list[str]:
    response = client.get("/readyz")
    body = response.json()
    assert response.status_code == (200 if body["ready"] else 503)
    assert body["ready"] == (not body["failing"])
    return [str(name) for name in body["failing"]]


def test_a_living_process_says_so(client: Client) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"alive": True})


def test_all_is_well(client: Client, living: None) -> None:
    assert failing(client) == []


def test_answers_are_never_cached(client: Client, living: None) -> None:
    assert "no-store" in client.get("/readyz")["Cache-Control"]


def test_worker_and_beat_that_were_never_heard_of_are_named(client: Client) -> None:
    assert failing(client) == ["worker", "beat"]


def test_silent_worker_is_named(client: Client, living: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "WORKER_SILENCE", timedelta(0))
    assert failing(client) == ["worker"]
    assert "has been silent for" in client.get("/readyz").json()["parts"]["worker"]["why"]


def test_silent_beat_is_named(client: Client, living: None) -> None:
    """A worker that lives hears nothing from a beat that has stopped."""
    with time_machine.travel(timezone.now() + checks.BEAT_SILENCE + timedelta(seconds=5)):
        pulse.give(pulse.WORKER)
        assert failing(client) == ["beat"]
        assert "has been silent for" in client.get("/readyz").json()["parts"]["beat"]["why"]


def test_late_outbox_is_named(client: Client, living: None) -> None:
    Job.objects.create(kind="message", key="late", next_try_at=timezone.now() - timedelta(minutes=5))
    assert failing(client) == ["outbox"]


def test_work_planned_for_later_and_parked_work_do_not_count_as_late(client: Client, living: None) -> None:
    Job.objects.create(kind="message", key="later", next_try_at=timezone.now() + timedelta(hours=1))
    long_ago = timezone.now() - timedelta(days=1)
    Job.objects.create(kind="message", key="parked", state=Job.State.PARKED, next_try_at=long_ago)
    assert failing(client) == []
    assert client.get("/readyz").json()["parts"]["outbox"] == {"ok": True, "late_seconds": 0, "parked": 1}


def test_absent_valkey_is_named(client: Client, living: None, settings: LazySettings) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert failing(client) == ["valkey"]

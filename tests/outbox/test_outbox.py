"""The outbox on real PostgreSQL: once per key, counted, parked, never lost."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from marketplace.outbox import delivery
from marketplace.outbox.exceptions import PermanentError
from marketplace.outbox.models import Job
from marketplace.outbox.services import enqueue

seen: list[dict[str, Any]] = []


def remember(payload: dict[str, Any]) -> None:
    seen.append(payload)


def fail(payload: dict[str, Any]) -> None:
    raise ConnectionError("nobody answers")


def refuse(payload: dict[str, Any]) -> None:
    raise PermanentError("no such phone")


@pytest.fixture(autouse=True)
def handlers(settings: Any) -> None:
    seen.clear()
    settings.OUTBOX_HANDLERS = {name: f"{__name__}.{name}" for name in ("remember", "fail", "refuse")}


def put(kind: str, key: str = "k", **kwargs: Any) -> None:
    with transaction.atomic():
        enqueue(kind, {"key": key}, key=key, **kwargs)


@pytest.mark.django_db
def test_the_same_key_is_done_once() -> None:
    put("remember")
    put("remember")
    delivery.deliver_due()
    delivery.deliver_due()
    assert seen == [{"key": "k"}]


@pytest.mark.django_db(transaction=True)
def test_a_job_outside_a_transaction_is_refused() -> None:
    with pytest.raises(transaction.TransactionManagementError):
        enqueue("remember", {}, key="k")


@pytest.mark.django_db(transaction=True)
def test_a_job_shares_the_fate_of_its_cause() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        enqueue("remember", {}, key="k")
        raise RuntimeError
    assert not Job.objects.exists()


@pytest.mark.django_db
def test_a_failing_job_waits_longer_each_time_and_is_parked_after_eight_tries() -> None:
    put("fail")
    waits = []
    for _ in range(delivery.MAX_ATTEMPTS):
        Job.objects.update(next_try_at=timezone.now())
        delivery.deliver_due()
        waits.append(Job.objects.get().next_try_at - timezone.now())
    job = Job.objects.get()
    assert (job.state, job.attempts) == (Job.State.PARKED, delivery.MAX_ATTEMPTS)
    assert "nobody answers" in job.last_error
    assert waits[0] < waits[1] < waits[2]


@pytest.mark.django_db
def test_a_hopeless_job_is_parked_at_once() -> None:
    put("refuse")
    delivery.deliver_due()
    assert Job.objects.get().state == Job.State.PARKED


@pytest.mark.django_db
def test_a_job_without_a_handler_is_parked_and_named() -> None:
    put("unheard-of")
    delivery.deliver_due()
    assert "unheard-of" in Job.objects.get(state=Job.State.PARKED).last_error


@pytest.mark.django_db
def test_a_job_for_later_waits() -> None:
    put("remember", delay=timedelta(hours=1))
    assert delivery.deliver_due() == 0
    assert not seen


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_two_workers_never_do_the_same_job() -> None:
    for number in range(40):
        put("remember", key=str(number))
    Job.objects.filter(state=Job.State.DONE).update(state=Job.State.NEW)  # the eager nudge has done it
    seen.clear()
    start = threading.Barrier(4)

    def work() -> None:
        start.wait(timeout=10)
        delivery.deliver_due()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=30)
    assert sorted(int(payload["key"]) for payload in seen) == list(range(40))

"""What must work for the market to be of use, each with how it is told."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from marketplace.health import pulse
from marketplace.outbox.models import Job
from payments.audit.models import Audit
from payments.ledger.models import Entry

#: The worker tells every 10 s that it lives, the beat has it do something every 15 s.
WORKER_SILENCE = timedelta(seconds=60)
BEAT_SILENCE = timedelta(seconds=90)
#: The beat sweeps every 30 s; work that has been due for longer than this is not being done.
OUTBOX_LATENESS = timedelta(minutes=3)
#: The beat audits the books every hour.
AUDIT_SILENCE = timedelta(hours=4)
VALKEY_SECONDS = 2


class Failing(Exception):
    """The part does not work; the text says how."""


def database() -> dict[str, Any]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        raise Failing("the database does not answer") from error
    return {}


def valkey() -> dict[str, Any]:
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=VALKEY_SECONDS) as client:
            client.ping()
    except redis.RedisError as error:
        raise Failing("Valkey does not answer") from error
    return {}


def worker() -> dict[str, Any]:
    return _heard_of("the worker", pulse.last_of(pulse.WORKER), WORKER_SILENCE)


def beat() -> dict[str, Any]:
    return _heard_of("the beat", pulse.last_of(pulse.BEAT), BEAT_SILENCE)


def outbox() -> dict[str, Any]:
    """Lateness in seconds of the job that has been due longest, and how many wait for a person."""
    try:
        due = Job.objects.filter(state=Job.State.NEW).aggregate(first=Min("next_try_at"))["first"]
        parked = Job.objects.filter(state=Job.State.PARKED).count()
    except DatabaseError as error:
        raise Failing("the database does not answer") from error
    late = max(timezone.now() - due, timedelta(0)) if due else timedelta(0)
    if late > OUTBOX_LATENESS:
        raise Failing(f"work has been due for {late.total_seconds():.0f} s")
    return {"late_seconds": round(late.total_seconds()), "parked": parked}


def audit() -> dict[str, Any]:
    """The last audit of the books. A market whose books have just begun may be without one.

    That a rail, the bank or a carrier says otherwise is for the money desk; the market works on.
    """
    try:
        last, begun = Audit.objects.first(), Entry.objects.aggregate(at=Min("created_at"))["at"]
    except DatabaseError as error:
        raise Failing("the database does not answer") from error
    if last is None:
        if begun and timezone.now() - begun > AUDIT_SILENCE:
            raise Failing("the books were never audited")
        return {"last_audit": None}
    if last.contradictions:
        raise Failing(
            f"the last audit, of {last.ran_at.isoformat()}, found {last.contradictions} differences"
        )
    if timezone.now() - last.ran_at > AUDIT_SILENCE:
        raise Failing(f"the last audit is of {last.ran_at.isoformat()}")
    return {"last_audit": last.ran_at.isoformat(), "to_settle": len(last.differences)}


def _heard_of(name: str, last: datetime | None, longest: timedelta) -> dict[str, Any]:
    if last is None:
        raise Failing(f"{name} has not been heard of")
    silence = timezone.now() - last
    if silence > longest:
        raise Failing(f"{name} has been silent for {silence.total_seconds():.0f} s")
    return {"silent_seconds": round(silence.total_seconds())}


CHECKS: dict[str, Callable[[], dict[str, Any]]] = {
    "database": database,
    "valkey": valkey,
    "worker": worker,
    "beat": beat,
    "outbox": outbox,
    "audit": audit,
}


def report() -> tuple[bool, dict[str, dict[str, Any]]]:
    """Whether all works, and what each check found."""
    parts: dict[str, dict[str, Any]] = {}
    for name, check in CHECKS.items():
        try:
            parts[name] = {"ok": True, **check()}
        except Failing as failure:
            parts[name] = {"ok": False, "why": str(failure)}
    return all(part["ok"] for part in parts.values()), parts

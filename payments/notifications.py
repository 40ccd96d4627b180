"""What notifiers send us: kept raw first, believed second, acted on third and only once.

``receive`` runs in the request and does no more than verify and store; ``settle`` is the outbox job that acts,
and can run again after any crash. For a notifier whose answer depends on our records, ``receive`` settles at
once, after the raw row is committed; the job then finds nothing left to do.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

import structlog
from django.core.cache import cache
from django.db import transaction
from django.db.models import F
from redis.exceptions import RedisError

from marketplace.outbox.services import enqueue
from payments.exceptions import Contradiction, Mismatch
from payments.locks import lock_notification
from payments.models import Notification, Payment, Transfer
from payments.outcomes import apply_outcome
from payments.providers import registry
from payments.providers.base import (
    InvalidSignature,
    Notice,
    Notifier,
    Outcome,
    ProviderError,
    Reply,
    UnreadableNotification,
    Verdict,
)
from payments.transfers import record_transfer

log = structlog.get_logger(__name__)

FORGED_PER_HOUR = 200
"""Forged notifications kept: enough to see an attack, too few to fill a disk."""


def receive(code: str, headers: Mapping[str, str], body: bytes) -> Reply:
    """Store what was sent to ``/thanh-toan/<code>/ipn`` and answer in the notifier's way.

    Raises UnknownCode.
    """
    notifier = registry.notifier(code)
    try:
        notifier.verify(headers, body)
        stored, is_new = _store_genuine(notifier, headers, body, notifier.read(body))
    except InvalidSignature as forged:
        _store_refused(notifier, headers, body, Notification.Verdict.FORGED, forged)
        return notifier.acknowledge(Verdict.FORGED)
    except UnreadableNotification as unreadable:
        _store_refused(notifier, headers, body, Notification.Verdict.UNUSABLE, unreadable)
        return notifier.acknowledge(Verdict.UNREADABLE)
    verdict = _settle_now(stored, is_new=is_new) if notifier.settles_first else Verdict.ACCEPTED
    return notifier.acknowledge(verdict)


def _settle_now(pk: int, *, is_new: bool) -> Verdict:
    said_something_new = settle({"notification": pk})
    if said_something_new is None:  # the job was faster, with this report or with an earlier one
        said_something_new = is_new
    notification = Notification.objects.get(pk=pk)
    if notification.verdict == Notification.Verdict.UNUSABLE:
        return Verdict.AMOUNT_DIFFERS if notification.payment_id else Verdict.UNKNOWN_PAYMENT
    took_back = notification.verdict == Notification.Verdict.CONTRADICTS
    return Verdict.ACCEPTED if said_something_new and not took_back else Verdict.REPEATED


@transaction.atomic
def settle(payload: dict[str, Any]) -> bool | None:
    """The outbox job: act on one stored notification. ``payload`` is {"notification": pk}.

    False: another had told the same before. None: this one had been settled before.
    """
    notification = lock_notification(payload["notification"])
    if notification.verdict != Notification.Verdict.RECEIVED:
        return None
    notice = registry.reader(notification.provider).read(bytes(notification.body))
    repeated = False
    try:
        notification.payment, repeated = _act(notification, notice)
        notification.verdict = Notification.Verdict.ACCEPTED
    except Mismatch as error:
        log.warning("notification_mismatch", notification=notification.pk, error=str(error))
        taken_back = isinstance(error, Contradiction)
        told = Notification.Verdict
        notification.verdict = told.CONTRADICTS if taken_back else told.UNUSABLE
        notification.error, notification.payment_id = str(error), error.payment
        _report(notification)
    notification.save(update_fields=["verdict", "payment", "error"])
    return not repeated


def _act(notification: Notification, notice: Notice) -> tuple[Payment | None, bool]:
    """The payment it is about, and whether it says nothing new."""
    if notice.account:
        return _transferred(notification, notice), False
    if notice.outcome is Outcome.IGNORED:
        return None, False
    return apply_outcome(notification.provider, notice)


def _transferred(notification: Notification, notice: Notice) -> Payment | None:
    """Money that names a payment of ours but went to another account is reported: a person has to look why."""
    transfer = record_transfer(notification, notice)
    if transfer.outcome == Transfer.Outcome.ELSEWHERE and notice.reference:
        notification.error = f"{notice.reference} is named by a transfer to {notice.account}, not our account"
        _report(notification)
    return transfer.payment


@transaction.atomic
def _store_genuine(
    notifier: Notifier, headers: Mapping[str, str], body: bytes, notice: Notice
) -> tuple[int, bool]:
    """One row and one job per event, however often it is told; returns the row's key, and whether it is new."""
    known, created = Notification.objects.exclude(verdict=Notification.Verdict.FORGED).get_or_create(
        provider=notifier.code,
        event_id=notice.event_id,
        defaults={"body": body, "headers": _evidence(notifier, headers)},
    )
    if created:
        enqueue("settle_notification", {"notification": known.pk}, key=f"notification:{known.pk}")
        return known.pk, True
    Notification.objects.filter(pk=known.pk).update(repeats=F("repeats") + 1)
    if notifier.read(bytes(known.body)) != notice:
        raise UnreadableNotification(f"event {notice.event_id} came before and said something else")
    return known.pk, False


def _store_refused(
    notifier: Notifier, headers: Mapping[str, str], body: bytes, verdict: str, error: ProviderError
) -> None:
    """Keep what cannot be believed under a digest of its bytes, once."""
    same = {
        "provider": notifier.code,
        "event_id": hashlib.sha256(body).hexdigest(),
        "verdict": verdict,
    }
    log.warning("notification_refused", provider=notifier.code, verdict=verdict, error=str(error))
    if Notification.objects.filter(**same).update(repeats=F("repeats") + 1):
        return
    if verdict == Notification.Verdict.FORGED and not _room_for_forged():
        return
    row = Notification(**same, body=body, headers=_evidence(notifier, headers), error=str(error))
    with transaction.atomic():
        Notification.objects.bulk_create([row], ignore_conflicts=True)
        kept = Notification.objects.filter(**same).first()
        if kept and verdict == Notification.Verdict.UNUSABLE:
            _report(kept)


def _report(notification: Notification) -> None:
    """To the differences that a person settles (payments.reconciliation)."""
    enqueue("report_notification", {"notification": notification.pk}, key=f"report:{notification.pk}")


def _evidence(notifier: Notifier, headers: Mapping[str, str]) -> dict[str, str]:
    sent = {name.lower(): value for name, value in headers.items()}
    return {name: sent[name.lower()][:300] for name in notifier.evidence if name.lower() in sent}


def _room_for_forged() -> bool:
    """Where Valkey is down nobody counts: the forgery is evidence, and its sender gets an answer."""
    try:
        cache.add("forged-notifications", 0, timeout=3600)
        return bool(cache.incr("forged-notifications") <= FORGED_PER_HOUR)
    except (RedisError, ValueError) as error:  # ValueError: the hour ended between the two commands
        log.warning("forged_not_counted", error=str(error))
        return True

"""Signs of life of the worker and the beat, kept in Valkey."""

from datetime import datetime

import structlog
from django.core.cache import cache
from django.utils import timezone
from redis import RedisError

WORKER = "worker"
BEAT = "beat"
KEPT_SECONDS = 24 * 3600
log = structlog.get_logger(__name__)


def give(part: str) -> None:
    """Note that `part` lives now. A Valkey that is away must not take the worker with it."""
    try:
        cache.set(_key(part), timezone.now(), KEPT_SECONDS)
    except RedisError as error:
        log.warning("pulse_not_kept", part=part, error=str(error))


def last_of(part: str) -> datetime | None:
    """When `part` last gave a sign of life; None if never, or if Valkey does not answer."""
    try:
        last: datetime | None = cache.get(_key(part))
    except RedisError:
        return None
    return last


def _key(part: str) -> str:
    return f"health:{part}"

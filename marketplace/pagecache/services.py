"""Forget every cached public page: one counter in Valkey that each web worker looks at."""

from typing import cast

import structlog
from django.conf import settings
from django.db import transaction
from redis import Redis, RedisError

log = structlog.get_logger(__name__)

_KEY = "nongsan:pages"
_redis = Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)


def bump() -> None:
    """After the commit, since a page rendered before it would be kept with the old facts."""
    transaction.on_commit(_increment, robust=True)


def _increment() -> None:
    try:
        _redis.incr(_KEY)
    except RedisError as error:
        log.warning("pagecache_bump_failed", error=str(error))


def version() -> bytes | None:
    """The counter, or None when Valkey does not answer: pages then live by their age alone."""
    try:
        return cast(bytes, _redis.get(_KEY) or b"0")  # the client decodes nothing
    except RedisError:
        return None

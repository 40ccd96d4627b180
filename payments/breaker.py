"""A rail that does not answer is left alone for a while, so that nobody waits for it in vain.

Five failures in a row open the breaker: for a minute nobody asks the rail, and the buyer is offered the other
ways. Then one question is let through; its answer closes the breaker or opens it again. Kept in Valkey for all
processes; a Valkey that is down guards nothing and stops nothing.
"""

from collections.abc import Callable
from typing import TypeVar

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

from payments.providers import registry
from payments.providers.base import NotSent, PaymentProvider, ProviderError

log = structlog.get_logger(__name__)

FAILURES = 5
REST_SECONDS = 60
PROBE_SECONDS = 30
"""Longer than any question takes (a refund at Stripe: three times 8 s): a lost probe makes room for the next."""
_MEMORY_SECONDS = 3600

Answer = TypeVar("Answer")


def ask_rail(code: str, question: Callable[[PaymentProvider], Answer]) -> Answer:
    """The one way to a rail that may open a connection; never inside a transaction.

    Raises UnknownCode, and ProviderError: the rail's own, or NotSent while it is left alone.
    """
    if not _may_ask(code):
        raise NotSent(f"{code} is left alone for a while")
    try:
        answer = question(registry.provider(code))
    except ProviderError as error:
        _note(code, failed=not error.permanent)
        raise
    _note(code, failed=False)
    return answer


def is_resting(code: str) -> bool:
    try:
        return cache.get(_key(code, "rests")) is not None
    except RedisError:
        return False


def _may_ask(code: str) -> bool:
    try:
        if cache.get(_key(code, "rests")) is not None:
            return False
        if (cache.get(_key(code, "failures")) or 0) < FAILURES:
            return True
        return bool(cache.add(_key(code, "probe"), True, PROBE_SECONDS))
    except RedisError:
        return True


def _note(code: str, *, failed: bool) -> None:
    """An answer of any kind, a refusal too, shows that the rail is there."""
    try:
        if not failed:
            cache.delete_many([_key(code, "failures"), _key(code, "probe")])
            return
        cache.add(_key(code, "failures"), 0, _MEMORY_SECONDS)
        if cache.incr(_key(code, "failures")) >= FAILURES:
            cache.set(_key(code, "rests"), True, REST_SECONDS)
            cache.delete(_key(code, "probe"))
            log.warning("rail_rests", rail=code, seconds=REST_SECONDS)
    except (RedisError, ValueError) as error:  # ValueError: the count ran out between the two commands
        log.warning("breaker_not_noted", rail=code, error=str(error))


def _key(code: str, what: str) -> str:
    return f"breaker:{code}:{what}"

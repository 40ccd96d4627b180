"""Prove anew, before something that matters, that the signed-in person still holds the phone.

A code is bound to the person and to what it was asked for; it lives a few minutes, is kept as a hash only, may be
mistyped a few times and works once.
"""

import secrets

from allauth.core import ratelimit
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from marketplace.accounts.models import User
from marketplace.messaging.services import tell_code

_SALT = "fresh-code"


def send(request: HttpRequest, user: User, *, about: str) -> bool:
    """Send six digits that confirm ``about`` and nothing else. False when one was sent a moment ago, or too many."""
    if not ratelimit.consume(request, action="fresh_code", key=user.phone):
        return False
    code = f"{secrets.randbelow(10**6):06}"
    seconds = settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT
    cache.delete(_tries(user))
    cache.set(_key(user), _hash(user, about, code), seconds)
    tell_code(user.phone, code)
    return True


def check(user: User, *, about: str, code: str) -> bool:
    """Whether this is the newest code of the person for ``about``; a right one is used up."""
    kept: str | None = cache.get(_key(user))
    # counted before it is compared, so that parallel guesses count too
    if kept is None or _count_try(user) > settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS:
        return False
    given = _hash(user, about, "".join(code.split()))
    # of two requests with the right code only the one that takes it away goes on
    return constant_time_compare(kept, given) and bool(cache.delete(_key(user)))


def _count_try(user: User) -> int:
    cache.add(_tries(user), 0, settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT)
    return int(cache.incr(_tries(user)))


def _tries(user: User) -> str:
    return f"{_key(user)}:tries"


def _key(user: User) -> str:
    return f"fresh-code:{user.pk}"


def _hash(user: User, about: str, code: str) -> str:
    return salted_hmac(_SALT, f"{user.pk}:{about}:{code}").hexdigest()

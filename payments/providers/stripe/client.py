"""The one seam to Stripe: its official library over our transport, answering plain dicts.

The library takes tens of megabytes, so it is imported by the first call: a market without Stripe never pays
for it. It never tries again by itself; whether an unanswered call arrived is found out by asking.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from payments.providers.base import NotSent, ProviderError
from payments.providers.hosts import Hosts
from payments.providers.transport import ANSWER_SECONDS, Transport

if TYPE_CHECKING:
    import stripe

Json = dict[str, Any]
T = TypeVar("T")

LARGEST_ANSWER = 4 * 1024 * 1024
"""Bytes; a list holds a hundred sessions of some thousand."""
_TEMPORARY = frozenset({"idempotency_key_in_use", "lock_timeout", "rate_limit"})


class Refused(ProviderError):
    """Stripe understood and said no: nothing happened. ``code`` is its word for why."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, permanent=True)
        self.code = code


class Client:
    """Every method raises Refused, or ProviderError when nothing certain was answered."""

    def __init__(
        self, *, url: str, hosts: Hosts, secret_key: str, question_seconds: float = ANSWER_SECONDS
    ) -> None:
        self._url = url.rstrip("/")
        self._secret_key = secret_key
        self._transport = Transport(self._url, hosts=hosts, largest=LARGEST_ANSWER)
        self._question_seconds = question_seconds
        self._ends: float | None = None

    @contextmanager
    def one_question(self) -> Iterator[None]:
        """However many pages of a list it takes, all that is asked inside ends in time; so does every method."""
        if self._ends is not None:  # it is part of a longer one
            yield
            return
        self._ends = time.monotonic() + self._question_seconds
        try:
            yield
        finally:
            self._ends = None

    def create_session(self, params: Json, *, key: str) -> Json:
        options: Any = {"idempotency_key": key}
        return self._call(lambda: self._stripe.v1.checkout.sessions.create(params, options))  # type: ignore[arg-type]

    def session(self, session_id: str) -> Json:
        """With its payment intent and the charge in it, once there are such."""
        expand: Any = {"expand": ["payment_intent.latest_charge"]}
        return self._call(lambda: self._stripe.v1.checkout.sessions.retrieve(session_id, expand))

    def sessions(self, *, since: int, until: int, most: int) -> list[Json]:
        """Up to ``most`` sessions created from ``since`` to ``until`` (seconds), newest first."""
        params: Any = {"created": {"gte": since, "lte": until}, "limit": 100}
        return self._call_each(
            lambda: self._stripe.v1.checkout.sessions.list(params).auto_paging_iter(), most
        )

    def expire_session(self, session_id: str) -> Json:
        return self._call(lambda: self._stripe.v1.checkout.sessions.expire(session_id))

    def create_refund(self, params: Json, *, key: str) -> Json:
        options: Any = {"idempotency_key": key}
        return self._call(lambda: self._stripe.v1.refunds.create(params, options))  # type: ignore[arg-type]

    def refund(self, refund_id: str) -> Json:
        return self._call(lambda: self._stripe.v1.refunds.retrieve(refund_id))

    def refunds(self, payment_intent: str, *, most: int) -> list[Json]:
        params: Any = {"payment_intent": payment_intent, "limit": 100}
        return self._call_each(lambda: self._stripe.v1.refunds.list(params).auto_paging_iter(), most)

    @cached_property
    def _stripe(self) -> "stripe.StripeClient":
        import stripe

        from payments.providers.stripe.connection import Connection

        return stripe.StripeClient(
            self._secret_key,
            base_addresses={"api": self._url},
            max_network_retries=0,
            http_client=Connection(url=self._url, transport=self._transport, ends=lambda: self._ends),
        )

    def _call(self, ask: "Callable[[], stripe.StripeObject]") -> Json:
        return self._guarded(lambda: ask().to_dict())

    def _call_each(self, ask: "Callable[[], Iterator[stripe.StripeObject]]", most: int) -> list[Json]:
        return self._guarded(lambda: [found.to_dict() for found in islice(ask(), most)])

    def _guarded(self, ask: Callable[[], T]) -> T:
        import stripe

        try:
            with self.one_question():
                return ask()
        except stripe.StripeError as error:
            raise _translated(error) from error


def _translated(error: "stripe.StripeError") -> ProviderError:
    """A 4xx about our request is final; silence, 5xx, nonsense and "later" leave it open what happened."""
    status = error.http_status or 0
    message = f"Stripe: {error.user_message or type(error).__name__}"
    if isinstance(error.__cause__, NotSent):
        return NotSent(message)
    if not 400 <= status < 500 or status in (409, 429) or error.code in _TEMPORARY:
        return ProviderError(message, permanent=False)
    if status in (401, 403):
        return ProviderError(message, permanent=True)
    return Refused(message, code=error.code or "")

"""The one seam to Stripe: its official library, with our timeouts, answering plain dicts.

The library takes tens of megabytes, so it is imported by the first call: a market without Stripe never pays
for it. It never tries again by itself; whether an unanswered call arrived is found out by asking.
"""

from collections.abc import Callable, Iterator
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from payments.providers.base import ProviderError

if TYPE_CHECKING:
    import stripe

Json = dict[str, Any]
T = TypeVar("T")

CONNECT_SECONDS = 3
READ_SECONDS = 8
_TEMPORARY = frozenset({"idempotency_key_in_use", "lock_timeout", "rate_limit"})


class Refused(ProviderError):
    """Stripe understood and said no: nothing happened. ``code`` is its word for why."""

    def __init__(self, message: str, *, code: str) -> None:
        super().__init__(message, permanent=True)
        self.code = code


class Client:
    """Every method raises Refused, or ProviderError when nothing certain was answered."""

    def __init__(self, *, url: str, secret_key: str) -> None:
        self._url = url.rstrip("/")
        self._secret_key = secret_key

    def create_session(self, params: Json, *, key: str) -> Json:
        options: Any = {"idempotency_key": key}
        return _call(lambda: self._stripe.v1.checkout.sessions.create(params, options))  # type: ignore[arg-type]

    def session(self, session_id: str) -> Json:
        """With its payment intent and the charge in it, once there are such."""
        expand: Any = {"expand": ["payment_intent.latest_charge"]}
        return _call(lambda: self._stripe.v1.checkout.sessions.retrieve(session_id, expand))

    def sessions(self, *, since: int, until: int, most: int) -> list[Json]:
        """Up to ``most`` sessions created from ``since`` to ``until`` (seconds), newest first."""
        params: Any = {"created": {"gte": since, "lte": until}, "limit": 100}
        return _call_each(lambda: self._stripe.v1.checkout.sessions.list(params).auto_paging_iter(), most)

    def create_refund(self, params: Json, *, key: str) -> Json:
        options: Any = {"idempotency_key": key}
        return _call(lambda: self._stripe.v1.refunds.create(params, options))  # type: ignore[arg-type]

    def refund(self, refund_id: str) -> Json:
        return _call(lambda: self._stripe.v1.refunds.retrieve(refund_id))

    def refunds(self, payment_intent: str, *, most: int) -> list[Json]:
        params: Any = {"payment_intent": payment_intent, "limit": 100}
        return _call_each(lambda: self._stripe.v1.refunds.list(params).auto_paging_iter(), most)

    @cached_property
    def _stripe(self) -> "stripe.StripeClient":
        import requests
        import stripe

        session = requests.Session()
        session.max_redirects = 0
        # No .netrc, which would replace the key that we send.
        session.trust_env = False
        return stripe.StripeClient(
            self._secret_key,
            base_addresses={"api": self._url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=(CONNECT_SECONDS, READ_SECONDS), session=session),
        )


def _call(ask: "Callable[[], stripe.StripeObject]") -> Json:
    return _guarded(lambda: ask().to_dict())


def _call_each(ask: "Callable[[], Iterator[stripe.StripeObject]]", most: int) -> list[Json]:
    return _guarded(lambda: [found.to_dict() for found in islice(ask(), most)])


def _guarded(ask: Callable[[], T]) -> T:
    import stripe

    try:
        return ask()
    except stripe.StripeError as error:
        raise _translated(error) from error


def _translated(error: "stripe.StripeError") -> ProviderError:
    """A 4xx about our request is final; silence, 5xx, nonsense and "later" leave it open what happened."""
    status = error.http_status or 0
    message = f"Stripe: {error.user_message or type(error).__name__}"
    if not 400 <= status < 500 or status in (409, 429) or error.code in _TEMPORARY:
        return ProviderError(message, permanent=False)
    if status in (401, 403):
        return ProviderError(message, permanent=True)
    return Refused(message, code=error.code or "")

"""How Stripe's official library reaches Stripe: by our transport, so that it ends in time and goes nowhere else.

Imported with the library itself, by the first call.
"""

from collections.abc import Callable, Mapping
from typing import Any

import stripe

from payments.providers.base import ProviderError
from payments.providers.transport import Transport


class Connection(stripe.HTTPClient):
    """``url`` is where ``transport`` leads; ``ends`` tells by which monotonic moment an exchange has to be over."""

    name = "nongsan"

    def __init__(self, *, url: str, transport: Transport, ends: Callable[[], float | None]) -> None:
        super().__init__()
        self._url = url
        self._transport = transport
        self._ends = ends

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """Raises APIConnectionError when there is no answer, as the library's own clients do."""
        body = post_data.encode() if isinstance(post_data, str) else post_data
        try:
            answer = self._transport.exchange(
                method.upper(),
                url.removeprefix(self._url),
                body=body,
                headers=headers or {},
                ends=self._ends(),
            )
        except ProviderError as error:
            raise stripe.APIConnectionError(str(error)) from error
        return answer.body.decode(errors="replace"), answer.status, answer.headers

    def close(self) -> None:
        """Every exchange closes its own connection."""

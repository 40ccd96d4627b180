"""Stripe's webhooks. It repeats for three days, in any order, sometimes twice; 2xx stops it."""

from collections.abc import Mapping

from payments.providers.base import InvalidSignature, Notice, Notifier, Reply, Verdict
from payments.providers.stripe import notice, signature


class StripeNotifier(Notifier):
    """Believes only what is signed with ``webhook_secret`` (whsec_…) of the endpoint that was registered."""

    code = "stripe"
    evidence = (signature.HEADER, "User-Agent")
    webhook_secret: str

    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        if not signature.verify(headers, body, self.webhook_secret):
            raise InvalidSignature

    def read(self, body: bytes) -> Notice:
        return notice.from_event(body)

    def acknowledge(self, verdict: Verdict) -> Reply:
        """400 for a bad signature, as Stripe's own examples do; anything that was stored is 200."""
        if verdict is Verdict.FORGED:
            return Reply(status=400, body={"error": "signature"})
        return Reply(status=200, body={"received": True})

"""MoMo's API: create, query, refund and refund/query, JSON under one host, each request signed."""

from collections.abc import Mapping, Sequence
from uuid import uuid4

from payments.providers.base import Charge, ProviderError, RefundOrder
from payments.providers.hosts import Hosts
from payments.providers.momo import signature
from payments.providers.plain_text import plain
from payments.providers.transport import Transport

_PATH = "/v2/gateway/api/"
_REFUSALS = frozenset({400, 422})
"""Statuses under which MoMo still sends its resultCode (422: the same request is being worked on)."""


class MoMoClient:
    """Asks in the name of ``partner_code``; answers are the JSON fields with an integer resultCode."""

    def __init__(self, *, url: str, hosts: Hosts, partner_code: str, access_key: str, secret: str) -> None:
        self.transport = Transport(url, hosts=hosts)
        self.partner_code = partner_code
        self.access_key = access_key
        self.secret = secret

    def create(self, charge: Charge) -> dict[str, object]:
        """Our reference is MoMo's orderId and requestId, so the same charge is created once at most."""
        said = self._ask(
            "create",
            signature.CREATE,
            {
                "requestId": charge.reference,
                "orderId": charge.reference,
                "amount": charge.amount,
                "orderInfo": plain(charge.description, longest=255) or f"Thanh toan {charge.reference}",
                "redirectUrl": charge.return_url,
                "ipnUrl": charge.notify_url,
                "requestType": "captureWallet",
                "extraData": "",
            },
            unsigned={"autoCapture": True},
        )
        known = {**said, "accessKey": self.access_key}
        # MoMo's own recorded answers carry none; one that is there has to be right.
        if "signature" in said and not signature.verify(known, signature.CREATE_RESPONSE, self.secret):
            raise ProviderError("MoMo's answer is not signed by MoMo", permanent=False)
        return said

    def query(self, charge: Charge) -> dict[str, object]:
        return self._ask("query", signature.QUERY, {"requestId": uuid4().hex, "orderId": charge.reference})

    def refund(self, order: RefundOrder, *, order_id: str) -> dict[str, object]:
        return self._ask(
            "refund",
            signature.REFUND,
            {
                "requestId": order_id,
                "orderId": order_id,
                "amount": order.amount,
                "transId": int(order.charge.provider_reference),
                "description": plain(order.reason, longest=200),
            },
        )

    def query_refund(self, order_id: str) -> dict[str, object]:
        """Signed like a query [UNCONFIRMED]."""
        return self._ask("refund/query", signature.QUERY, {"requestId": uuid4().hex, "orderId": order_id})

    def _ask(
        self,
        what: str,
        names: Sequence[str],
        fields: Mapping[str, object],
        *,
        unsigned: Mapping[str, object] | None = None,
    ) -> dict[str, object]:
        request = {"partnerCode": self.partner_code, **fields}
        signed = signature.sign({**request, "accessKey": self.access_key}, names, self.secret)
        said = self.transport.post_json(
            _PATH + what,
            {"lang": "vi", **request, **(unsigned or {}), "signature": signed},
            readable=_REFUSALS,
        )
        if not isinstance(said.get("resultCode"), int):
            raise ProviderError("MoMo's answer has no resultCode", permanent=False)
        for name in ("partnerCode", "orderId"):
            if said.get(name, request[name]) != request[name]:
                raise ProviderError(f"MoMo's answer has another {name}", permanent=False)
        return said

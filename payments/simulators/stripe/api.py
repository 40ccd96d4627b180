"""Stripe's HTTP API, the part that takes payments: paths, idempotency keys, expansion."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from payments.simulators.stripe import refunds
from payments.simulators.stripe.account import DAY, Account
from payments.simulators.stripe.wire import Json, Refusal, listed

Route = Callable[[str, Json], Json]
_TEST_CARDS = {
    "pm_card_visa_chargeDeclinedInsufficientFunds": "insufficient_funds",
    "pm_card_visa_chargeDeclined": "generic_decline",
}


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json


class Api:
    def __init__(self, account: Account) -> None:
        self.account = account
        self._kept: dict[str, tuple[int, str, Json, Answer]] = {}
        self._routes: list[tuple[str, str, Route]] = [
            ("POST", r"/v1/checkout/sessions", lambda _, params: account.create_session(params)),
            ("GET", r"/v1/checkout/sessions", self._sessions),
            ("GET", r"/v1/checkout/sessions/(\w+)", self._session),
            ("POST", r"/v1/checkout/sessions/(\w+)/expire", self._expire),
            ("POST", r"/v1/payment_intents", self._create_intent),
            ("GET", r"/v1/payment_intents/(\w+)", self._intent),
            ("POST", r"/v1/payment_intents/(\w+)/confirm", self._confirm),
            ("POST", r"/v1/payment_intents/(\w+)/cancel", self._cancel),
            ("POST", r"/v1/refunds", self._refund),
            ("GET", r"/v1/refunds", self._refunds),
            ("GET", r"/v1/refunds/(\w+)", lambda name, _: refunds.find(account, name)),
            ("GET", r"/v1/events", lambda _, p: listed([*account.events.values()], p, "/v1/events")),
            ("GET", r"/v1/events/(\w+)", lambda name, _: _known(account.events, name)),
        ]

    def answer(self, method: str, path: str, params: Json, *, key: str, idempotency: str) -> Answer:
        """``key`` is the caller's secret key; the same ``idempotency`` gets its first answer for a day."""
        with self.account.lock:
            if key != self.account.secret_key:
                return Answer(401, Refusal("Invalid API Key provided").body)
            self.account.pass_time()
            if method != "POST" or not idempotency:
                return self._act(method, path, params)
            return self._once(path, params, idempotency)

    def _once(self, path: str, params: Json, idempotency: str) -> Answer:
        kept = self._kept.get(idempotency)
        if kept is None or kept[0] + DAY <= self.account.now():
            answer = self._act("POST", path, params)
            self._kept[idempotency] = (self.account.now(), path, params, answer)
            return answer
        if kept[1:3] != (path, params):
            message = "Keys for idempotent requests can only be used with the same parameters."
            return Answer(400, Refusal(message, kind="idempotency_error").body)
        return kept[3]

    def _act(self, method: str, path: str, params: Json) -> Answer:
        try:
            for verb, pattern, act in self._routes:
                match = re.fullmatch(pattern, path)
                if verb == method and match:
                    # A copy: what is answered now must not change with the object later.
                    return Answer(200, dict(act(match[1] if match.groups() else "", params)))
            raise Refusal(f"Unrecognized request URL ({method}: {path}).", status=404)
        except Refusal as refusal:
            return Answer(refusal.status, refusal.body)

    def _sessions(self, _: str, params: Json) -> Json:
        return listed([*self.account.sessions.values()], params, "/v1/checkout/sessions")

    def _session(self, name: str, params: Json) -> Json:
        session = dict(_known(self.account.sessions, name))
        wanted = set(dict(params.get("expand", {})).values())
        if session["payment_intent"] and wanted & {"payment_intent", "payment_intent.latest_charge"}:
            intent = dict(self.account.intents[session["payment_intent"]])
            if "payment_intent.latest_charge" in wanted and intent["latest_charge"]:
                intent["latest_charge"] = self.account.charges[intent["latest_charge"]]
            session["payment_intent"] = intent
        return session

    def _expire(self, name: str, _: Json) -> Json:
        session = _known(self.account.sessions, name)
        self.account.expire_session(session)
        self.account.send(self.account.record("checkout.session.expired", session))
        return session

    def _create_intent(self, _: str, params: Json) -> Json:
        intent = self.account.create_intent(params)
        self.account.send(self.account.record("payment_intent.created", intent))
        return self._confirm(intent["id"], params) if params.get("confirm") == "true" else intent

    def _intent(self, name: str, _: Json) -> Json:
        return _known(self.account.intents, name)

    def _confirm(self, name: str, params: Json) -> Json:
        intent = _known(self.account.intents, name)
        decline = _TEST_CARDS.get(str(params.get("payment_method", "")), "")
        self.account.confirm(intent, decline=decline)
        kind = "payment_intent.payment_failed" if decline else "payment_intent.succeeded"
        self.account.send(self.account.record(kind, intent))
        if decline:
            error = intent["last_payment_error"]
            raise Refusal(
                error["message"],
                status=402,
                kind="card_error",
                code="card_declined",
                decline_code=decline,
                payment_intent=dict(intent),
            )
        return intent

    def _cancel(self, name: str, _: Json) -> Json:
        intent = _known(self.account.intents, name)
        self.account.cancel(intent)
        self.account.send(self.account.record("payment_intent.canceled", intent))
        return intent

    def _refund(self, _: str, params: Json) -> Json:
        refund, events = refunds.create(self.account, params)
        for kind, subject in events:
            self.account.send(self.account.record(kind, subject))
        return refund

    def _refunds(self, _: str, params: Json) -> Json:
        intent = params.get("payment_intent")
        found = [r for r in self.account.refunds if intent in (None, r["payment_intent"])]
        return listed(found, params, "/v1/refunds")


def _known(objects: dict[str, Json], name: str) -> Json:
    if name not in objects:
        raise Refusal(f"No such object: '{name}'", status=404, code="resource_missing", param="id")
    return objects[name]

"""One account at Stripe: its sessions, payments, refunds and events, and what may happen to them."""

import json
import secrets
import threading
from functools import partial

from payments.simulators.courier import Courier
from payments.simulators.deliveries import Clock, Delivery
from payments.simulators.giving_back import RefundFaults
from payments.simulators.shop import Shop
from payments.simulators.stripe.amounts import check, total
from payments.simulators.stripe.webhooks import PLAN, webhook
from payments.simulators.stripe.wire import Json, Refusal, number

HALF_HOUR, DAY = 30 * 60, 24 * 60 * 60


class Account:
    """Every method but ``pass_time`` is called with ``lock`` held. Raises Refusal as the API would."""

    def __init__(self, shop: Shop, *, secret_key: str, webhook_secret: str) -> None:
        self.shop = shop
        self.secret_key = secret_key
        self.webhook_secret = webhook_secret
        self.courier = Courier(Clock())
        self.lock = threading.RLock()
        self.own_url = ""
        """Where buyers reach us: the address that the last caller used."""
        self.sessions: dict[str, Json] = {}
        self._ends: dict[str, float] = {}
        """When each session ends by our clock."""
        self.intents: dict[str, Json] = {}
        self.charges: dict[str, Json] = {}
        self.refunds: list[Json] = []
        self.refund_faults = RefundFaults()
        self.events: dict[str, Json] = {}

    def now(self) -> int:
        return int(self.courier.clock.now())

    def create_session(self, params: Json) -> Json:
        now = int(self.courier.clock.real())  # the shop's own, by which it sets the end
        expires_at = int(params.get("expires_at", now + DAY))
        if not now + HALF_HOUR <= expires_at <= now + DAY:
            raise Refusal(
                "The `expires_at` timestamp must be at least 30 minutes, and at most 24 hours, from now.",
                param="expires_at",
            )
        amount, currency = total(params.get("line_items"))
        check(amount, currency)
        name = new_id("cs_test")
        session: Json = {
            "id": name,
            "object": "checkout.session",
            "amount_total": amount,
            "currency": currency,
            "cancel_url": params.get("cancel_url"),
            "client_reference_id": params.get("client_reference_id"),
            "created": now,
            "expires_at": expires_at,
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "mode": "payment",
            "payment_intent": None,
            "payment_status": "unpaid",
            "status": "open",
            "success_url": params.get("success_url"),
            "url": f"{self.own_url}/c/pay/{name}",
        }
        self.sessions[name] = session
        self._ends[name] = self.courier.clock.from_real(expires_at)
        return session

    def expire_session(self, session: Json) -> None:
        if session["status"] != "open":
            raise Refusal("Only Checkout Sessions with a status of `open` can be expired.")
        session.update(status="expired", url=None)

    def pass_time(self) -> None:
        """Close what has reached its end, and have it told: before anybody looks or acts, and as the clock moves."""
        with self.lock:
            open_ = [session for session in self.sessions.values() if session["status"] == "open"]
            for session in open_:
                if self._ends[session["id"]] <= self.now():
                    self.expire_session(session)
                    self.send(self.record("checkout.session.expired", session))

    def pay_session(self, session: Json, *, decline: str = "", review: bool = False) -> Json:
        """A card was entered on the page. Returns the payment intent; declined ones can be tried again."""
        intent = self.intents.get(session["payment_intent"] or "") or self.begin_intent(session)
        self.confirm(intent, decline=decline, review=review)
        if intent["status"] == "succeeded":
            session.update(status="complete", payment_status="paid", url=None)
        return intent

    def begin_intent(self, session: Json, *, name: str = "") -> Json:
        """The payment intent of ``session``; ``name`` is its id, where an earlier one has it as well."""
        if session["status"] != "open":
            raise Refusal("This Checkout Session is no longer open.")
        params = {"amount": session["amount_total"], **{of: session[of] for of in ("currency", "metadata")}}
        intent = self.create_intent(params, name=name)
        session["payment_intent"] = intent["id"]
        return intent

    def create_intent(self, params: Json, *, name: str = "") -> Json:
        amount, currency = number(params, "amount"), str(params.get("currency", "")).lower()
        check(amount, currency)
        name = name or new_id("pi")
        intent: Json = {
            "id": name,
            "object": "payment_intent",
            "amount": amount,
            "amount_received": 0,
            "client_secret": f"{name}_secret_{secrets.token_hex(8)}",
            "created": self.now(),
            "currency": currency,
            "last_payment_error": None,
            "latest_charge": None,
            "livemode": False,
            "metadata": params.get("metadata", {}),
            "status": "requires_payment_method",
        }
        self.intents[name] = intent
        return intent

    def confirm(self, intent: Json, *, decline: str = "", review: bool = False) -> None:
        if intent["status"] not in ("requires_payment_method", "requires_confirmation"):
            raise Refusal(
                f"This PaymentIntent's status is {intent['status']}.", code="payment_intent_unexpected_state"
            )
        charge = self._charge(intent, paid=not decline, review=review)
        intent["latest_charge"] = charge["id"]
        if decline:
            error = {"type": "card_error", "code": "card_declined", "decline_code": decline}
            intent["last_payment_error"] = {**error, "message": "Your card was declined."}
        else:
            intent.update(status="succeeded", amount_received=intent["amount"], last_payment_error=None)

    def cancel(self, intent: Json) -> None:
        if intent["status"] in ("succeeded", "canceled"):
            raise Refusal(
                f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
                code="payment_intent_unexpected_state",
            )
        intent["status"] = "canceled"

    def record(self, kind: str, subject: Json) -> Json:
        """An event, as a snapshot of ``subject``; not sent yet."""
        event: Json = {
            "id": new_id("evt"),
            "object": "event",
            "api_version": "2026-10-28.endive",
            "created": self.now(),
            "data": {"object": json.loads(json.dumps(subject))},
            "livemode": False,
            "pending_webhooks": 1,
            "type": kind,
        }
        self.events[event["id"]] = event
        return event

    def send(self, event: Json, *, secret: str = "", late_days: int = 0) -> None:
        build = partial(webhook, self.shop.notify_url, event, secret or self.webhook_secret)
        self.courier.add(Delivery("stripe", build, PLAN, self.courier.clock.now() + late_days * DAY))

    def _charge(self, intent: Json, *, paid: bool, review: bool) -> Json:
        charge: Json = {
            "id": new_id("ch"),
            "object": "charge",
            "amount": intent["amount"],
            "amount_refunded": 0,
            "created": self.now(),
            "currency": intent["currency"],
            "metadata": intent["metadata"],
            "paid": paid,
            "payment_intent": intent["id"],
            "refunded": False,
            "review": new_id("prv") if review else None,
            "status": "succeeded" if paid else "failed",
        }
        self.charges[charge["id"]] = charge
        return charge


def new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_hex(12)}"

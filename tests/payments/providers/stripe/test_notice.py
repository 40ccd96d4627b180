import json
from typing import Any

import pytest

from payments.providers.base import Outcome, Reason, UnreadableNotification
from payments.providers.stripe.notice import from_event, from_session


def session(**changes: Any) -> dict[str, Any]:
    plain = {
        "id": "cs_1",
        "object": "checkout.session",
        "amount_total": 150_000,
        "client_reference_id": "BP12345678",
        "created": 1767238271,
        "currency": "vnd",
        "payment_intent": "pi_1",
        "payment_status": "paid",
        "status": "complete",
    }
    return {**plain, **changes}


def event(kind: str, **changes: Any) -> bytes:
    subject = {"object": session(**changes)}
    return json.dumps({"id": "evt_1", "created": 1767238300, "type": kind, "data": subject}).encode()


@pytest.mark.parametrize(
    ("kind", "status", "outcome", "reason"),
    [
        ("completed", "paid", Outcome.PAID, Reason.NONE),
        ("completed", "unpaid", Outcome.PENDING, Reason.NONE),
        ("async_payment_succeeded", "paid", Outcome.PAID, Reason.NONE),
        ("async_payment_failed", "unpaid", Outcome.FAILED, Reason.REFUSED),
        ("expired", "unpaid", Outcome.FAILED, Reason.EXPIRED),
    ],
)
def test_what_each_event_means(kind: str, status: str, outcome: Outcome, reason: Reason) -> None:
    notice = from_event(event(f"checkout.session.{kind}", payment_status=status))
    assert (notice.outcome, notice.reason, notice.amount, notice.currency) == (
        outcome,
        reason,
        150_000,
        "VND",
    )
    assert (notice.event_id, notice.reference, notice.provider_reference) == ("evt_1", "BP12345678", "cs_1")


def test_an_asynchronous_success_counts_only_when_paid() -> None:
    late = event("checkout.session.async_payment_succeeded", payment_status="unpaid")
    assert from_event(late).outcome is Outcome.PENDING


def test_a_charge_that_is_given_back_names_our_payment() -> None:
    charge = {"id": "ch_1", "amount": 150_000, "amount_refunded": 40_000, "currency": "vnd"}
    refunded = {"id": "evt_1", "created": 1767238300, "type": "charge.refunded"}
    told = json.dumps({**refunded, "data": {"object": {**charge, "metadata": {"reference": "BP12345678"}}}})
    notice = from_event(told.encode())
    assert (notice.outcome, notice.reference) == (Outcome.REFUNDING, "BP12345678")
    assert (notice.amount, notice.given_back, notice.currency) == (150_000, 40_000, "VND")


@pytest.mark.parametrize(("given_back", "outcome"), [(40_000, Outcome.PAID), (150_000, Outcome.REFUNDING)])
def test_a_paid_session_says_what_was_given_back(given_back: int, outcome: Outcome) -> None:
    charge = {"created": 1, "amount_refunded": given_back, "refunded": given_back == 150_000}
    notice = from_session(session(payment_intent={"latest_charge": charge}))
    assert (notice.outcome, notice.given_back) == (outcome, given_back)


@pytest.mark.parametrize(
    ("code", "reason"), [("insufficient_funds", Reason.INSUFFICIENT), ("lost_card", Reason.REFUSED)]
)
def test_a_declined_card_says_why_and_the_page_waits_for_another(code: str, reason: Reason) -> None:
    intent = {"id": "pi_1", "amount": 150_000, "currency": "vnd", "metadata": {"reference": "BP12345678"}}
    intent["last_payment_error"] = {"code": "card_declined", "decline_code": code}
    told = {"id": "evt_1", "created": 1767238300, "type": "payment_intent.payment_failed"}
    notice = from_event(json.dumps({**told, "data": {"object": intent}}).encode())
    assert (notice.outcome, notice.reason, notice.reference) == (Outcome.PENDING, reason, "BP12345678")


@pytest.mark.parametrize(
    "kind", ["payment_intent.succeeded", "payment_intent.payment_failed", "charge.refunded"]
)
def test_other_events_are_no_payments_of_ours(kind: str) -> None:
    assert from_event(event(kind)).outcome is Outcome.IGNORED


def test_a_session_of_another_shop_of_the_account_is_none_of_ours() -> None:
    told = event("checkout.session.completed", client_reference_id=None)
    assert from_event(told).outcome is Outcome.IGNORED


def test_a_payment_under_review_is_for_a_person_and_names_no_reference_of_ours() -> None:
    notice = from_event(event("review.opened", id="prv_1", payment_intent="pi_1"))
    assert (notice.outcome, notice.reason, notice.amount) == (Outcome.PENDING, Reason.HELD, 0)
    assert notice.reference == "review.opened pi_1"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"{}",
        b'{"type": "checkout.session.completed"}',
        event("checkout.session.completed", amount_total="150000"),
        event("checkout.session.completed", amount_total=150000.0),
        event("checkout.session.completed", amount_total=True),
        event("checkout.session.completed")[:-20],
    ],
)
def test_nonsense_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableNotification):
        from_event(body)


@pytest.mark.parametrize(
    ("state", "intent", "outcome", "reason"),
    [
        ("open", None, Outcome.PENDING, Reason.NONE),
        ("expired", None, Outcome.FAILED, Reason.EXPIRED),
        ("complete", {"status": "processing"}, Outcome.PENDING, Reason.NONE),
        ("complete", {"status": "requires_payment_method"}, Outcome.FAILED, Reason.REFUSED),
        (
            "open",
            {
                "status": "requires_payment_method",
                "last_payment_error": {"decline_code": "insufficient_funds"},
            },
            Outcome.PENDING,
            Reason.INSUFFICIENT,
        ),
    ],
)
def test_what_an_unpaid_session_says(
    state: str, intent: dict[str, Any] | None, outcome: Outcome, reason: Reason
) -> None:
    notice = from_session(session(status=state, payment_status="unpaid", payment_intent=intent))
    assert (notice.outcome, notice.reason) == (outcome, reason)

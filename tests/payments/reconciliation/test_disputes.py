"""A card's holder disputes a payment at Stripe: nothing of ours changes, and a person hears of it in time."""

import json

import pytest

from marketplace.outbox.delivery import deliver_due
from payments.models import Notification
from payments.notifications import settle
from payments.reconciliation.models import Item
from tests.payments.desk.people import chi_thu, signed_in, text

pytestmark = pytest.mark.django_db
DISPUTE = {
    "id": "evt_1",
    "type": "charge.dispute.created",
    "created": 1_795_600_000,
    "data": {
        "object": {
            "id": "du_1",
            "object": "dispute",
            "amount": 150_000,
            "currency": "vnd",
            "payment_intent": "pi_7",
            "reason": "product_not_received",
            "status": "needs_response",
        }
    },
}


def test_a_dispute_joins_the_differences() -> None:
    told = Notification.objects.create(provider="stripe", event_id="evt_1", body=json.dumps(DISPUTE).encode())
    settle({"notification": told.pk})
    deliver_due()
    item = Item.objects.get(state="open")
    assert (item.source, item.reference, item.payment) == ("stripe", "evt_1", None)
    page = text(signed_in(chi_thu()), "desk:item", item.pk)
    assert "charge.dispute.created" in page and "pi_7" in page and "150000" in page

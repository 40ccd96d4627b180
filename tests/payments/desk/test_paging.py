"""What waits at the desk is shown oldest first, and a page leads to the next: nothing that waits is out of reach."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from payments.claims.models import CancellationRequest
from payments.desk.views.paging import PAGE
from payments.models import Payment, Refund
from tests.payments.desk.people import chi_thu, signed_in, text
from tests.payments.orders import make_order, make_payment

pytestmark = pytest.mark.django_db
State = Refund.State
AGO = timezone.now() - timedelta(days=30)
PARCELS = {"kind": Refund.Kind.LINE}


def more_than_a_page(state: str, **facts: Any) -> None:
    """One refund a day, numbered from the oldest; each of so many đồng as nothing else on the page is."""
    payment: Payment = make_payment(provider="vnpay")
    parcel = payment.order.seller_orders.get() if "kind" in facts else None
    for n in range(PAGE + 1):
        amount = 70_001 + n
        made = Refund.objects.create(
            payment=payment,
            seller_order=parcel,
            amount=amount,
            goods_amount=amount if parcel else 0,
            state=state,
            reason="x",
            key=str(n),
            **facts,
        )
        Refund.objects.filter(pk=made.pk).update(created_at=AGO + timedelta(hours=n))


def shown(page: str, n: int) -> bool:
    return f"70.0{n + 1:02}" in page


@pytest.mark.parametrize(
    ("name", "state", "facts"),
    [
        ("trang", State.FAILED, {}),
        ("duyet", State.PROPOSED, PARCELS),
        ("qua-lau", State.CREATED, {}),
        ("dang-di", State.IN_TRANSIT, {"started_at": timezone.now()}),
    ],
)
def test_refunds_go_on_over_the_page(name: str, state: str, facts: dict[str, Any]) -> None:
    more_than_a_page(state, **facts)
    client = signed_in(chi_thu())
    first = text(client, "desk:refunds")
    assert (shown(first, 0), shown(first, PAGE - 1), shown(first, PAGE)) == (True, True, False)
    assert f"?{name}=2" in first
    second = text(client, "desk:refunds", **{name: "2"})
    assert (shown(second, 0), shown(second, PAGE)) == (False, True)
    assert f"?{name}=1" in second


def test_requests_to_cancel_go_on_over_the_page() -> None:
    for n in range(PAGE + 1):
        order = make_order()
        parcel = order.seller_orders.get()
        type(parcel).objects.filter(pk=parcel.pk).update(status="packing")
        asked = AGO + timedelta(hours=n)
        CancellationRequest.objects.create(
            seller_order=parcel, reason=f"lý do {n:02}.", asked_at=asked, answer_by=asked
        )
    client = signed_in(chi_thu())
    first, second = text(client, "desk:claims"), text(client, "desk:claims", huy="2")
    assert ("lý do 00." in first, f"lý do {PAGE}." in first, "?huy=2" in first) == (True, False, True)
    assert ("lý do 00." in second, f"lý do {PAGE}." in second) == (False, True)

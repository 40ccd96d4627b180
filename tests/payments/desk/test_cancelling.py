"""A buyer calls and wants a parcel no more: one of the staff cancels it before it leaves."""

import pytest
from django.urls import reverse

from farmers.partner.models import StockRecord
from marketplace.order.models import SellerOrder
from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.desk.models import DeskAction
from payments.models import Refund
from tests.payments.claims.sold import load_money_rules, paid_order, tams
from tests.payments.desk.people import chi_thu, post, signed_in, text

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()


def cancel(parcel: SellerOrder, reason: str = "Khách đổi ý") -> int:
    answer = post(signed_in(chi_thu()), "desk:parcel_cancel", parcel.number, reason=reason)
    parcel.refresh_from_db()
    while deliver_due():
        pass
    return int(answer.status_code)


@pytest.mark.parametrize("at", ["", "packing"])
def test_the_farm_does_not_send_it_and_all_of_it_goes_back_once(at: str) -> None:
    parcel = tams(paid_order(to=at))
    for _twice in range(2):
        assert cancel(parcel) == 302
    assert (parcel.status, parcel.cancel_reason) == ("cancelled", "Khách đổi ý")
    assert Refund.objects.get(seller_order=parcel).amount == parcel.total
    record = StockRecord.objects.get(product=parcel.lines.get().product)
    assert (record.num_in_stock, record.num_allocated) == (4, 0)
    action = DeskAction.objects.get()
    assert (action.kind, action.subject, action.note) == ("parcel_cancelled", parcel.number, "Khách đổi ý")
    assert find_differences() == []


def test_what_has_left_is_not_cancelled_and_the_page_does_not_offer_it() -> None:
    parcel = tams(paid_order(to="handed_over"))
    assert cancel(parcel) == 302
    assert parcel.status == "handed_over"
    assert not DeskAction.objects.exists()
    where = reverse("desk:parcel_cancel", args=[parcel.number])
    assert where not in text(signed_in(chi_thu()), "desk:parcel_refund", parcel.number)


def test_without_a_reason_nothing_is_done_and_the_page_asks_for_one() -> None:
    parcel = tams(paid_order())
    assert reverse("desk:parcel_cancel", args=[parcel.number]) in text(
        signed_in(chi_thu()), "desk:parcel_refund", parcel.number
    )
    assert cancel(parcel, reason="x") == 422
    assert parcel.status == "new"

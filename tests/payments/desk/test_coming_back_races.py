"""Two people note at once that parcels came back, on real connections."""

from collections.abc import Callable
from functools import partial
from threading import Barrier
from typing import Any

import pytest

from marketplace.accounts.models import User
from marketplace.order import services
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import SellerOrder
from payments.desk import giving_back
from payments.desk.exceptions import AboveLimit, AlreadyDecided
from payments.parcel_refunds import give_back_parcel
from tests.payments.claims.sold import load_money_rules, paid_order, tams
from tests.payments.desk.people import chi_hoa, chi_thu
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
WHY = "Gọi không ai nghe máy"


def read(pk: int) -> SellerOrder:
    found: SellerOrder = SellerOrder.objects.select_related("order", "partner").get(pk=pk)
    return found


def farm_notes(pk: int) -> None:
    services.come_back(read(pk), actor=None, reason=WHY)


def staff_note(pk: int, by: User) -> None:
    giving_back.note_return(read(pk), reason=WHY, by=by)


def arrives(pk: int) -> None:
    services.move(read(pk), "delivered")


@pytest.mark.parametrize("other", [arrives, partial(staff_note, by=None)], ids=["it arrived", "the desk"])
def test_one_of_them_is_in_time_and_it_goes_back_once(other: Callable[[int], None]) -> None:
    load_money_rules()
    if isinstance(other, partial):
        other = partial(staff_note, by=chi_thu())
    for _ in range(3):
        parcel = tams(paid_order(to="handed_over"))
        ends = together([partial(farm_notes, parcel.pk), partial(other, parcel.pk)])
        assert sorted(end is None for end in ends) == [False, True]
        assert isinstance(next(end for end in ends if end), IllegalMove | AlreadyDecided)
        parcel.refresh_from_db()
        assert parcel.events.filter(status__in=["cancelled", "delivered"]).count() == 1
        if parcel.status == "cancelled":
            together([partial(give_back_parcel, {"seller_order": parcel.pk})] * 2)
            assert parcel.refunds.get().amount == parcel.total


def _both() -> list[Any]:
    """Two of the staff, two parcels of one order: either is within the limit, both are not."""
    load_money_rules(limit=300_000)
    first, second = paid_order(to="handed_over").seller_orders.order_by("pk")
    people = chi_thu(), chi_hoa()
    return together([partial(staff_note, first.pk, people[0]), partial(staff_note, second.pk, people[1])])


def test_the_limit_of_an_order_holds_for_two_at_once() -> None:
    assert {type(end) for end in _both()} == {type(None), AboveLimit}


def test_without_the_lock_both_are_within_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    looked, really = Barrier(2), giving_back.needs_approval

    def unlocked(order_id: int) -> Any:
        return SellerOrder.objects.filter(order=order_id).first().order, []  # type: ignore[union-attr]

    def look(order_id: int, amount: int) -> bool:
        found = really(order_id, amount)
        looked.wait(timeout=30)
        return found

    monkeypatch.setattr(giving_back, "lock_attempts", unlocked)
    monkeypatch.setattr(giving_back, "needs_approval", look)
    assert _both() == [None, None]

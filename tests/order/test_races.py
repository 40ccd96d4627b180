"""The buyer takes a parcel back at the moment at which its farm accepts it, on real connections."""

from collections.abc import Callable
from functools import partial
from threading import Event
from typing import Any

import pytest

from marketplace.order import services
from marketplace.order.exceptions import IllegalMove
from marketplace.order.models import SellerOrder
from tests.factories import make_paid_order, make_product, stock_of
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
Status = SellerOrder.Status


def take_back(pk: int) -> None:
    services.take_back(SellerOrder.objects.select_related("order").get(pk=pk), actor=None, reason="")


def accept(pk: int, move: Callable[..., None] = services.move) -> None:
    move(SellerOrder.objects.select_related("order").get(pk=pk), Status.PACKING)


def test_one_of_them_is_in_time() -> None:
    for _ in range(4):
        product = make_product(stock=1)
        parcel = make_paid_order((product, 1)).seller_orders.get()
        taken, accepted = together([partial(take_back, parcel.pk), partial(accept, parcel.pk)])
        assert {type(taken), type(accepted)} == {type(None), IllegalMove}
        parcel.refresh_from_db()
        assert parcel.status == (Status.CANCELLED if taken is None else Status.PACKING)
        assert stock_of(product).net_stock_level == (1 if taken is None else 0)


def test_without_the_lock_the_buyer_takes_back_what_is_being_packed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: the test above can fail."""
    looked, packing, really = Event(), Event(), services.move

    def move_later(parcel: SellerOrder, to: str, **said: Any) -> None:
        looked.set()
        packing.wait(timeout=30)
        really(parcel, to, **said)

    def accept_meanwhile(pk: int) -> None:
        looked.wait(timeout=30)
        accept(pk, really)
        packing.set()

    monkeypatch.setattr(services, "lock_order", lambda order: None)
    monkeypatch.setattr(services, "move", move_later)
    parcel = make_paid_order().seller_orders.get()
    assert together([partial(take_back, parcel.pk), partial(accept_meanwhile, parcel.pk)]) == [None, None]
    assert [event.status for event in parcel.events.all()][-2:] == [Status.PACKING, Status.CANCELLED]

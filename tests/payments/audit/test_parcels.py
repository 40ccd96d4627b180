"""Whoever changes a table behind the books' back, or books what no table knows, is named."""

from collections.abc import Callable

import pytest
from django.db import transaction
from django.utils import timezone

from marketplace.order.models import SellerOrder
from payments.audit.services import find_differences
from payments.commission.models import Commission
from payments.ledger.accounts import of_market, seller_payable
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post
from payments.models import Transfer
from payments.payouts.models import Payout
from payments.tax.models import Withheld
from tests.factories import anh_tam, make_staff, make_user
from tests.payments.claims.sold import load_money_rules, paid_order, tams
from tests.payments.payouts.farms import arrived, hold, make_seller, sent

pytestmark = pytest.mark.django_db
Kind = Account.Kind


@pytest.fixture
def parcel() -> SellerOrder:
    load_money_rules()
    return tams(paid_order())


def found() -> set[str]:
    return {difference.check for difference in find_differences()}


def give_shipping_twice() -> None:
    parcel = SellerOrder.objects.get(partner=anh_tam())
    charge = parcel.shipping_total + 1
    legs = [Leg(of_market(Kind.SHIPPING_PAYABLE), charge), Leg(seller_payable(parcel.partner), -charge)]
    with transaction.atomic():
        post(
            key="x", kind=Entry.Kind.SHIPPING_DUE, occurred_at=timezone.now(), lines=legs, seller_order=parcel
        )


def round_something() -> None:
    legs = [Leg(of_market(Kind.ROUNDING), 1), Leg(of_market(Kind.BANK), -1)]
    with transaction.atomic():
        post(key="x", kind=Entry.Kind.CORRECTION, occurred_at=timezone.now(), lines=legs, **two_people())


def two_people() -> dict[str, object]:
    return {"actor": make_staff(), "approved_by": make_user(is_staff=True)}


@pytest.mark.parametrize(
    ("damage", "check"),
    [
        (lambda: Commission.objects.filter(amount__gt=0).update(amount=1), "commission_is_booked"),
        (lambda: Withheld.objects.update(vat=1), "withheld_tax_is_booked"),
        (give_shipping_twice, "shipping_is_given_once"),
        (round_something, "nothing_is_rounded"),
        (lambda: SellerOrder.objects.update(reduced=1), "reductions_add_up"),
        (lambda: SellerOrder.objects.update(reduced=1), "parcels_are_sold_at_their_price"),
        (
            lambda: Transfer.objects.update(outcome=Transfer.Outcome.UNKNOWN, payment=None),
            "unknown_transfers_are_booked",
        ),
    ],
)
def test_damage_is_named(parcel: SellerOrder, damage: Callable[[], object], check: str) -> None:
    assert found() == set()
    damage()
    assert check in found()


@pytest.mark.parametrize("state", [Payout.State.CANCELLED, Payout.State.RETURNED])
def test_a_payout_that_the_books_say_has_left(state: str) -> None:
    hold()
    arrived(make_seller())
    sent()
    assert found() == set()
    Payout.objects.update(state=state)
    assert "payouts_are_booked" in found()

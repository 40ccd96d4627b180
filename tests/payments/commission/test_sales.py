"""What the market keeps of a sale by the rule that fits it, and whose the shipping charge is, in the books."""

import datetime
from typing import Any

import pytest

from marketplace.order.models import SellerOrder
from marketplace.order.services import move
from payments.commission.models import Commission, ShippingRule
from payments.handover import parcel_handed_over
from payments.ledger.accounts import balance, of_market, owed_to
from payments.ledger.models import Account, Entry
from tests.factories import FREIGHT, anh_tam, htx_dong_phu, make_crop, make_order, make_product
from tests.payments.payouts.farms import paid_parcel, pay
from tests.payments.rules import commission

pytestmark = pytest.mark.django_db
Kind = Account.Kind


def sell(*wanted: Any) -> Commission:
    """One parcel, paid by QR; what was kept of it."""
    order = make_order(*wanted)
    pay(order)
    return Commission.objects.get(seller_order__order=order)


class TestTheCommissionOfASale:
    def test_follows_the_crop_line_by_line(self) -> None:
        commission(300)
        durian = make_crop("durian", name="Sầu riêng")
        commission(1_000, crop=durian)
        kept = sell(
            (make_product(partner=anh_tam(), price=100_000, crop=durian), 1),
            (make_product(partner=anh_tam(), price=200_000), 1),
        )
        assert [(row["basis_points"], row["amount"]) for row in kept.detail] == [
            (1_000, 10_000),
            (300, 6_000),
        ]
        assert balance(of_market(Kind.COMMISSION_INCOME)) == -kept.amount == -16_000
        assert owed_to(anh_tam()) == 300_000 - 16_000

    def test_follows_the_kind_of_seller(self) -> None:
        commission(300)
        commission(200, partner_kind="cooperative")
        kept = [sell((make_product(partner=who, price=100_000), 1)) for who in (htx_dong_phu(), anh_tam())]
        assert [one.amount for one in kept] == [2_000, 3_000]

    def test_follows_the_seller_before_the_crop(self) -> None:
        commission(1_000, crop=make_crop())
        commission(100, partner=anh_tam())
        kept = [
            sell((make_product(partner=who, price=100_000, crop=make_crop()), 1))
            for who in (anh_tam(), htx_dong_phu())
        ]
        assert [one.amount for one in kept] == [1_000, 10_000]


class TestTheShippingCharge:
    @pytest.mark.parametrize(("payer", "sellers"), [("seller", FREIGHT), ("platform", 0)])
    def test_of_a_parcel_that_left_is_whose_the_rule_says(self, payer: str, sellers: int) -> None:
        ShippingRule.objects.create(valid_from=datetime.date(2026, 1, 1), payer=payer, source="test")
        parcel = paid_parcel(anh_tam(), 100_000)
        move(parcel, SellerOrder.Status.PACKING)
        move(parcel, SellerOrder.Status.HANDED_OVER, carrier="Viettel Post")
        parcel_handed_over({"seller_order": parcel.pk})
        assert owed_to(anh_tam()) == 100_000 + sellers
        assert balance(of_market(Kind.SHIPPING_PAYABLE)) == sellers - FREIGHT
        assert parcel.entries.filter(kind=Entry.Kind.SHIPPING_DUE).count() == bool(sellers)

"""Cash at the door and payouts: nobody is paid what he has already, or what a carrier still has."""

import datetime

import pytest
from django.utils import timezone

from marketplace.order.carriers import Carrier
from marketplace.order.models import SellerOrder
from payments.audit.services import find_differences
from payments.ledger.accounts import balance, cash_in_transit, owed_to, seller_payable
from payments.ledger.models import Entry
from payments.ledger.postings import cash_remitted
from payments.payouts.payable import payable
from payments.statements.statement import Amounts, month_statement, steps_of
from tests.factories import FREIGHT, anh_tam
from tests.payments.claims.sold import cash_order, load_money_rules, paid_order, tams
from tests.payments.payouts.farms import hold
from tests.payments.reconciliation.files import applied, xlsx

pytestmark = pytest.mark.django_db
GOODS = 100_000
KEPT = 4_500
"""Commission and tax of the goods, by the rules of the first day."""


@pytest.fixture(autouse=True)
def _rules() -> None:
    load_money_rules()
    hold()


def after_the_hold() -> datetime.datetime:
    return timezone.now() + datetime.timedelta(hours=73)


def taken_by(carrier: str) -> SellerOrder:
    return tams(cash_order(to="delivered", carrier=carrier))


@pytest.mark.parametrize("carrier", Carrier.of_the_seller())
def test_a_farm_that_brings_it_has_the_cash_and_owes_the_market_its_part(carrier: str) -> None:
    parcel = taken_by(carrier)
    assert balance(cash_in_transit(carrier)) == 0
    assert owed_to(anh_tam()) == -KEPT
    assert seller_payable(anh_tam()).debt_since is not None
    assert payable(anh_tam(), now=after_the_hold()).amount == -KEPT
    words = {str(step.words): step.amount for step in steps_of(parcel)}
    assert words["Tiền mặt bạn đã thu"] == -GOODS - FREIGHT
    assert find_differences() == []


def test_its_part_is_taken_off_the_next_payout() -> None:
    taken_by(Carrier.OWN)
    paid_order(to="delivered")
    assert payable(anh_tam(), now=after_the_hold()).amount == GOODS - KEPT - KEPT
    assert find_differences() == []


def test_its_statement_counts_the_cash_as_received() -> None:
    taken_by(Carrier.OWN)
    today = timezone.localdate()
    statement = month_statement(anh_tam(), today.year, today.month)
    assert statement.totals == Amounts(goods=GOODS, commission=-3_000, tax=-1_500, shipping=FREIGHT)
    assert (statement.paid_out, statement.cash_kept) == (0, GOODS + FREIGHT)


def test_cash_that_a_carrier_has_waits_until_it_is_handed_over() -> None:
    parcel = taken_by(Carrier.VIETTEL_POST)
    owed = GOODS + FREIGHT - KEPT
    waits = payable(anh_tam(), now=after_the_hold())
    assert (waits.amount, waits.waiting) == (0, owed)
    rows = [["Mã vận đơn", "Tiền thu hộ", "Phí", "Ngày trả tiền"]]
    rows.append([parcel.number, parcel.due, 0, f"{timezone.localdate():%d/%m/%Y}"])
    applied(xlsx(*rows), kind="carrier", carrier=str(parcel.carrier), name="vtp.xlsx")
    comes = payable(anh_tam(), now=after_the_hold())
    assert (comes.amount, comes.parcels) == (owed, {parcel.pk: owed})


def test_the_carriers_list_is_booked_on_the_parcel() -> None:
    parcel = taken_by(Carrier.GHN)
    cash_remitted(parcel, amount=parcel.due, fee=0, key=f"parcel:{parcel.pk}", occurred_at=timezone.now())
    assert parcel.entries.filter(kind=Entry.Kind.CASH_REMITTED).exists()
    assert find_differences() == []

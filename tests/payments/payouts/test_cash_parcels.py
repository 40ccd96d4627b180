"""Cash at the door and payouts: nobody is paid what he has already, or what a carrier still has."""

import datetime
import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farmers.partner.models import Partner
from marketplace.order.carriers import Carrier
from marketplace.order.models import SellerOrder, SellerOrderEvent
from payments.audit.services import find_differences
from payments.commission.models import CommissionRule
from payments.ledger.accounts import balance, cash_in_transit, owed_to, seller_payable
from payments.ledger.models import Entry
from payments.ledger.postings import cash_remitted
from payments.models import Refund
from payments.parcel_refunds import refund_parcel
from payments.payouts.models import Payout
from payments.payouts.payable import payable
from payments.payouts.services import approve_batch, send_batch
from payments.statements.paying import when_paid
from payments.statements.statement import Amounts, month_statement, steps_of
from payments.tax.models import WithholdingRule
from tests.factories import FREIGHT, anh_tam, make_order, make_partner, make_product
from tests.payments.claims.sold import cash_order, load_money_rules, moved, paid_order, tams
from tests.payments.orders import make_payment
from tests.payments.payouts.farms import approver, filled, give_account, hold, maker, pay
from tests.payments.reconciliation.files import applied, xlsx
from tests.reading import page_words, pdf_words, words

pytestmark = pytest.mark.django_db
GOODS = 100_000
KEPT = 4_500
"""Commission and tax of the goods, by the rules of the first day."""
HAS = "Tiền mặt khách trả bạn đã cầm: 130.000 ₫."
TO_COME = f"{HAS} Hoa hồng và thuế 4.500 ₫ sẽ trừ vào lần chuyển tiền tới."


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
    assert sum(step.amount for step in steps_of(parcel)) == GOODS + FREIGHT - KEPT
    assert find_differences() == []


def sheet_words(content: bytes) -> str:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return words(" ".join(str(cell.value) for row in sheet.iter_rows() for cell in row))


def said_of(parcel: SellerOrder) -> str:
    return words(str(when_paid(anh_tam(), [parcel.pk], now=timezone.now())[parcel.pk]))


def test_its_part_is_taken_off_the_next_payout() -> None:
    taken_by(Carrier.OWN)
    paid_order(to="delivered")
    assert payable(anh_tam(), now=after_the_hold()).amount == GOODS - KEPT - KEPT
    assert find_differences() == []


def backdated(parcel: SellerOrder, hours: int) -> SellerOrder:
    """Delivered that long ago."""
    at = timezone.now() - datetime.timedelta(hours=hours)
    SellerOrderEvent.objects.filter(seller_order=parcel, status="delivered").update(at=at)
    return parcel


def paid_out(now: datetime.datetime) -> Payout | None:
    """To anh Tâm, by a whole batch."""
    batch = filled(now=now)
    if not batch.payouts_count:
        return None
    approve_batch(batch, by=approver(), total=batch.total, now=now)
    send_batch(batch, by=maker(), now=now)
    return batch.payouts.get(partner=anh_tam())


def test_its_part_comes_off_the_payout_of_the_same_day() -> None:
    give_account(anh_tam())
    old = backdated(tams(paid_order(to="delivered")), 73)
    cash = taken_by(Carrier.OWN)
    due = payable(anh_tam(), now=timezone.now())
    assert due.amount == owed_to(anh_tam()) == GOODS - KEPT - KEPT
    payout = paid_out(timezone.now())
    assert payout and (payout.amount, payout.adjustment) == (GOODS - KEPT - KEPT, 0)
    assert dict(payout.items.values_list("seller_order", "amount")) == {old.pk: GOODS - KEPT, cash.pk: -KEPT}
    assert seller_payable(anh_tam()).debt_since is None
    today = f"{timezone.localdate():%d/%m/%Y}"
    assert said_of(cash) == f"{HAS} Hoa hồng và thuế 4.500 ₫ đã trừ vào lần chuyển tiền ngày {today}."
    assert find_differences() == []


def test_its_part_comes_off_once() -> None:
    give_account(anh_tam())
    backdated(tams(paid_order(to="delivered")), 73)
    taken_by(Carrier.OWN)
    assert paid_out(timezone.now())
    assert paid_out(after_the_hold()) is None
    due = payable(anh_tam(), now=after_the_hold())
    assert (due.amount, due.adjustment, due.waiting, due.parcels) == (0, 0, 0, {})


def sold(seller: Partner, goods: int, carrier: str, hours: int) -> None:
    """By QR where no carrier is named, else for cash at the door; delivered that long ago."""
    how = {"payment_method": "cash_on_delivery", "pays_on_delivery": True} if carrier else {}
    order = make_order((make_product(partner=seller, price=goods), 1), **how)
    if carrier:
        make_payment(order, provider="cash_on_delivery")
    else:
        pay(order)
    backdated(moved(order, "delivered", carrier or Carrier.GHN).seller_orders.get(), hours)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    sales=st.lists(
        st.tuples(
            st.integers(1_000, 900_000),
            st.sampled_from(["", Carrier.OWN, Carrier.GHN]),
            st.sampled_from([1, 73]),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_a_payout_is_never_above_what_the_books_owe(sales: list[tuple[int, str, int]]) -> None:
    seller = make_partner()
    for goods, carrier, hours in sales:
        sold(seller, goods, carrier, hours)
    due = payable(seller, now=timezone.now())
    assert due.amount <= owed_to(seller)
    assert due.amount + due.waiting == owed_to(seller)
    assert due.waiting >= 0
    assert due.amount == sum(due.parcels.values()) + due.adjustment


def test_its_statement_counts_the_cash_as_received() -> None:
    taken_by(Carrier.OWN)
    today = timezone.localdate()
    statement = month_statement(anh_tam(), today.year, today.month)
    assert statement.totals == Amounts(goods=GOODS, commission=-3_000, tax=-1_500, shipping=FREIGHT)
    assert (statement.paid_out, statement.cash_kept) == (0, GOODS + FREIGHT)
    assert statement.totals.net == statement.cash_kept + owed_to(anh_tam())


def test_its_statement_adds_up_with_the_payouts() -> None:
    give_account(anh_tam())
    backdated(tams(paid_order(to="delivered")), 73)
    taken_by(Carrier.OWN)
    payout = paid_out(timezone.now())
    today = timezone.localdate()
    statement = month_statement(anh_tam(), today.year, today.month)
    assert owed_to(anh_tam()) == 0
    assert payout and payout.amount == statement.paid_out
    assert statement.totals.net == statement.paid_out + statement.cash_kept


@pytest.mark.parametrize(
    ("page", "read"),
    [
        ("{year}/{month}/", page_words),
        ("{year}/{month}/sao-ke.pdf", lambda answer: pdf_words(answer.content)),
        ("{year}/sao-ke.xlsx", lambda answer: sheet_words(answer.content)),
        ("don/{number}/", page_words),
    ],
    ids=["month", "pdf", "spreadsheet", "order"],
)
def test_its_farm_reads_the_same_everywhere(client: Client, page: str, read: Callable[[Any], str]) -> None:
    parcel, today = taken_by(Carrier.OWN), timezone.localdate()
    client.force_login(anh_tam().members.get().user)
    address = page.format(year=today.year, month=today.month, number=parcel.number)
    text = read(client.get(f"/ban-hang/tien/{address}"))
    assert TO_COME in text
    assert "125.500" in text or "125500" in text
    assert "-4.500 ₫" not in text


def test_its_farm_reads_of_what_went_back_too() -> None:
    parcel = taken_by(Carrier.OWN)
    with transaction.atomic():
        refund_parcel(parcel, kind=Refund.Kind.CLAIM, reason="hỏng", key="t", goods=40_000)
    assert said_of(parcel) == (
        f"{HAS} Hoa hồng, thuế và tiền hoàn cho khách, cộng lại 42.700 ₫, sẽ trừ vào lần chuyển tiền tới."
    )


def test_its_farm_reads_of_nothing_to_come_off_where_nothing_does() -> None:
    WithholdingRule.objects.all().delete()
    CommissionRule.objects.update(basis_points=0)
    assert said_of(taken_by(Carrier.OWN)) == HAS


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

"""When the seller gets the money of an order, and what came back or was corrected, in the seller's words."""

import datetime
import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
import time_machine
from django.test import Client

from farmers.partner.models import Partner
from marketplace.order.models import SellerOrder
from payments.ledger.accounts import of_market, seller_payable
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post, reverse
from payments.ledger.postings import correction
from payments.models import Refund
from payments.parcel_refunds import refund_parcel
from payments.payouts.models import Payout, PayoutDays
from payments.payouts.settling import mark_returned
from payments.statements.paying import when_paid
from payments.statements.statement import Amounts, month_statement
from tests.factories import make_user
from tests.payments.payouts.farms import (
    HOLD,
    NOW,
    approved,
    approver,
    arrived,
    hold,
    make_seller,
    maker,
    paid_parcel,
    sent,
)
from tests.reading import page_words, pdf_words, words

pytestmark = pytest.mark.django_db
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    hold()
    PayoutDays.objects.create(valid_from="2026-01-01", weekdays=[1, 3])  # NOW is a Wednesday
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def farm() -> Partner:
    return make_seller()


@pytest.fixture
def owner(client: Client, farm: Partner) -> Client:
    user = make_user("+84912000056", "Chủ Vườn")
    farm.members.create(user=user)
    client.force_login(user)
    return client


def when(parcel: SellerOrder, *, now: datetime.datetime = NOW) -> str:
    return str(when_paid(parcel.partner, [parcel.pk], now=now).get(parcel.pk, ""))


def everybody(parcels: set[int], now: datetime.datetime) -> dict[int, datetime.datetime | None]:
    return dict.fromkeys(parcels)


def until_friday(parcels: set[int], now: datetime.datetime) -> dict[int, datetime.datetime | None]:
    return dict.fromkeys(parcels, NOW.replace(day=27))


def corrected(seller: Partner, amount: int) -> Entry:
    """``amount`` đồng for the seller; negative: from the seller."""
    legs = [Leg(seller_payable(seller), -amount), Leg(of_market(Account.Kind.COMMISSION_INCOME), amount)]
    return correction(legs, key="1", by=maker(), approved_by=approver(), memo="Cân lại: thiếu 2 kg")


class TestWhenAnOrderIsPaid:
    def test_on_its_way_after_it_has_arrived(self, farm: Partner) -> None:
        assert when(paid_parcel(farm)) == "Sau khi hàng tới nơi"

    def test_held_with_the_first_payout_after_its_hold(self, farm: Partner) -> None:
        at_one_in_vietnam = NOW.replace(hour=1)
        assert when(arrived(farm, at=at_one_in_vietnam)) == "Trong lần chuyển tiền ngày 30/11/2026"

    def test_free_or_in_a_batch_with_todays_payout(self, farm: Partner) -> None:
        parcel = arrived(farm, at=NOW - HOLD - DAY)
        assert when(parcel) == "Trong lần chuyển tiền ngày 25/11/2026"
        approved()
        assert when(parcel) == "Trong lần chuyển tiền ngày 25/11/2026"
        assert when(parcel, now=NOW + DAY) == "Trong lần chuyển tiền ngày 30/11/2026"

    def test_free_since_today_with_the_next_one(self, farm: Partner) -> None:
        assert when(arrived(farm)) == "Trong lần chuyển tiền ngày 30/11/2026"

    def test_without_a_rule_with_the_next_payout(self, farm: Partner) -> None:
        PayoutDays.objects.all().delete()
        assert when(arrived(farm)) == "Trong lần chuyển tiền tới"

    def test_by_the_rule_of_the_day_on_which_it_leaves(self, farm: Partner) -> None:
        PayoutDays.objects.create(valid_from="2026-11-27", weekdays=[6, 7])
        assert when(arrived(farm)) == "Trong lần chuyển tiền ngày 28/11/2026"

    def test_once_there_is_an_account(self, farm: Partner) -> None:
        parcel = arrived(farm)
        farm.payout_accounts.update(usable_from=NOW + 7 * DAY)
        assert when(parcel) == "Trong lần chuyển tiền ngày 07/12/2026"
        farm.payout_accounts.all().delete()
        assert when(parcel) == "Khi bạn đã khai tài khoản ngân hàng nhận tiền"

    def test_paid_out_on_the_day(self, farm: Partner) -> None:
        parcel = arrived(farm)
        sent()
        assert when(parcel) == "Đã chuyển vào tài khoản ngân hàng ngày 25/11/2026"

    def test_sent_back_by_the_bank_with_the_next_payout_again(self, farm: Partner) -> None:
        parcel = arrived(farm)
        sent()
        mark_returned(Payout.objects.get(), reason="Sai số tài khoản", now=NOW + HOUR)
        assert when(parcel) == "Trong lần chuyển tiền ngày 30/11/2026"

    def test_past_its_hold_while_its_buyer_can_claim_with_the_payout_after_that(
        self, farm: Partner, settings: Any
    ) -> None:
        parcel = arrived(farm, at=NOW - HOLD - DAY)
        settings.PAYOUT_WAITS = [f"{__name__}.until_friday"]
        assert when(parcel) == "Trong lần chuyển tiền ngày 30/11/2026"

    def test_past_its_hold_with_a_claim_once_that_is_decided(self, farm: Partner, settings: Any) -> None:
        parcel = arrived(farm)
        settings.PAYOUT_WAITS = [f"{__name__}.everybody"]
        assert when(parcel).startswith("Chờ giải quyết xong khiếu nại")

    def test_given_back_in_full_never(self, farm: Partner) -> None:
        parcel = arrived(farm)
        refund_parcel(parcel, kind=Refund.Kind.CLAIM, reason="hỏng", key="t", goods=100_000)
        assert when(parcel) == ""

    def test_given_back_after_the_payout_with_the_payout_after_it(self, farm: Partner) -> None:
        parcel = arrived(farm)
        sent()
        with time_machine.travel(NOW.replace(month=12), tick=False):
            refund_parcel(parcel, kind=Refund.Kind.CLAIM, reason="hỏng", key="t", goods=40_000)
        november, december = (month_statement(farm, 2026, month).rows[0] for month in (11, 12))
        assert (november.amounts.net, december.amounts.net) == (100_000, -40_000)
        assert str(november.words) == "Đã chuyển vào tài khoản ngân hàng ngày 25/11/2026"
        assert str(december.words) == "Tính vào lần chuyển tiền sau đó"

    def test_that_leaves_a_debt_with_the_payout_after_it(self, farm: Partner) -> None:
        parcel = arrived(farm)
        legs = [Leg(seller_payable(farm), 100_001), Leg(of_market(Account.Kind.REFUNDS_PAYABLE), -100_001)]
        post(key="t", kind=Entry.Kind.REFUND_OWED, occurred_at=NOW, lines=legs, seller_order=parcel)
        assert when(parcel) == "Tính vào lần chuyển tiền sau đó"


class TestAPayoutThatCameBack:
    def test_is_named_in_its_month_and_changes_no_order(self, farm: Partner) -> None:
        parcel = arrived(farm)
        sent()
        mark_returned(Payout.objects.get(), reason="Sai số tài khoản", now=NOW + HOUR)
        november = month_statement(farm, 2026, 11)
        assert (november.paid_out, november.came_back) == (100_000, 100_000)
        assert [(row.number, row.amounts) for row in november.rows] == [
            (parcel.number, Amounts(goods=100_000))
        ]

    def test_of_an_earlier_month_is_not_taken_off_what_was_sent(self, farm: Partner) -> None:
        arrived(farm)
        sent()
        mark_returned(Payout.objects.get(), reason="x", now=NOW.replace(month=12))
        december = month_statement(farm, 2026, 12)
        assert (december.paid_out, december.came_back, december.rows) == (0, 100_000, ())


class TestACorrection:
    def test_is_a_row_of_its_own_with_its_reason(self, farm: Partner) -> None:
        parcel = arrived(farm)
        corrected(farm, -50_000)
        order, row = month_statement(farm, 2026, 11).rows
        assert (order.number, order.amounts.net) == (parcel.number, 100_000)
        assert (row.number, row.amounts, row.words) == ("", Amounts(other=-50_000), "Cân lại: thiếu 2 kg")

    def test_that_is_taken_back_leaves_nothing_in_the_sum(self, farm: Partner) -> None:
        reverse(corrected(farm, 50_000), key="back", memo="Cân lần nữa: đủ")
        found = month_statement(farm, 2026, 11)
        assert [row.words for row in found.rows] == ["Cân lại: thiếu 2 kg", "Cân lần nữa: đủ"]
        assert found.totals == Amounts()


class TestTheSeller:
    @pytest.fixture(autouse=True)
    def _month(self, farm: Partner) -> None:
        arrived(farm)
        sent()
        corrected(farm, -50_000)
        mark_returned(Payout.objects.get(), reason="Sai số tài khoản", now=NOW)

    WORDS = (
        "Trong lần chuyển tiền ngày 30/11/2026",
        "Chợ điều chỉnh",
        "Cân lại: thiếu 2 kg",
        "Ngân hàng trả lại: 100.000 ₫",
    )

    def test_reads_it_on_the_page(self, owner: Client) -> None:
        page = page_words(owner.get("/ban-hang/tien/2026/11/"))
        for part in self.WORDS:
            assert part in page

    def test_reads_it_of_one_order(self, owner: Client) -> None:
        number = SellerOrder.objects.get().number
        page = owner.get(f"/ban-hang/tien/don/{number}/").content.decode()
        assert "Trong lần chuyển tiền ngày 30/11/2026" in page

    @pytest.mark.parametrize("period", ["2026/11", "2026"], ids=["month", "year"])
    def test_reads_it_in_the_pdf(self, owner: Client, period: str) -> None:
        text = pdf_words(owner.get(f"/ban-hang/tien/{period}/sao-ke.pdf").content)
        for part in (*self.WORDS, "50.000 ₫"):
            assert part in text

    @pytest.mark.parametrize("period", ["2026/11", "2026"], ids=["month", "year"])
    def test_reads_it_in_the_spreadsheet_in_vietnamese(self, owner: Client, period: str) -> None:
        owner.cookies["django_language"] = "en"
        content = owner.get(f"/ban-hang/tien/{period}/sao-ke.xlsx").content
        rows = [[cell.value for cell in row] for row in openpyxl.load_workbook(io.BytesIO(content)).active]
        assert [words(row[0]) for row in rows[3:5]] == [
            "Đã chuyển vào tài khoản của bạn trong kỳ: 100.000 ₫",
            "Ngân hàng trả lại: 100.000 ₫",
        ]
        assert rows[6][2:] == [100_000, 0, 0, 0, 0, 0, 100_000, "Trong lần chuyển tiền ngày 30/11/2026"]
        assert rows[7][2:] == [0, 0, 0, 0, 0, -50_000, -50_000, "Cân lại: thiếu 2 kg"]
        assert rows[8][2:-1] == [100_000, 0, 0, 0, 0, -50_000, 50_000]

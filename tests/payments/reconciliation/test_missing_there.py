"""What our books have and no statement shows in time; it closes itself once one does."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from payments.models import Transfer
from payments.payouts.models import Payout
from payments.payouts.settling import mark_returned
from payments.reconciliation.bank_resolving import link_list
from payments.reconciliation.models import Item
from payments.reconciliation.resolving import agree, explain
from tests.payments.desk.people import chi_hoa, chi_thu, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.payouts import farms
from tests.payments.reconciliation.files import applied, bank_csv, row_of
from tests.payments.reconciliation.test_carriers import CARRIER, collected, listed

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Midnight may pass between the import and a test, which travels, too."""
    monkeypatch.setattr(f"{__name__}.TODAY", timezone.localdate())


def days_ago(days: int) -> str:
    return f"{TODAY - timedelta(days=days):%d/%m/%Y}"


def told(days: int, memo: str = "") -> Transfer:
    """A notice told so many days ago of money."""
    at = timezone.now() - timedelta(days=days)
    return transfer_of(memo or make_payment().reference, transactionDate=f"{at:%Y-%m-%d %H:%M:%S}")


def until_today(since: int = 20) -> list[str]:
    """Rows of the bank that are none of ours: they only say which days the statement has."""
    return [f"{days_ago(since)};FT1;;1;dau ky", f"{days_ago(0)};FT2;;2;cuoi ky"]


def missing() -> list[Item]:
    return list(Item.objects.filter(finding="missing_there").order_by("pk"))


class TestATransferOfWhichANoticeTold:
    def test_waits_for_a_person_where_the_statement_has_it_not(self) -> None:
        transfer = told(5)
        applied(bank_csv(*until_today()))
        [item] = missing()
        assert (item.transfer, item.source, item.our_amount, item.their_amount) == (
            transfer,
            "bank",
            TOTAL,
            0,
        )
        assert transfer.payment.reference in text(signed_in(chi_thu()), "desk:item", item.pk)

    def test_is_not_asked_for_because_of_a_row_with_a_wrong_year(self) -> None:
        told(5)
        applied(bank_csv(f"{days_ago(20)};FT1;;1;dau ky", f"{days_ago(-365)};FT2;;2;sai nam"))
        assert missing() == []

    @pytest.mark.parametrize("days", [0, 30], ids=["too young", "before the statements begin"])
    def test_is_not_asked_for_outside_the_statements_days(self, days: int) -> None:
        told(days)
        applied(bank_csv(*until_today()))
        assert missing() == []

    def test_is_not_missing_where_a_row_shows_it_with_another_sum(self) -> None:
        transfer = told(5)
        applied(bank_csv(row_of(transfer, credit=str(TOTAL + 1)), *until_today()))
        assert missing() == []
        item = Item.objects.get(finding="amount_differs")
        assert (item.transfer, item.difference) == (transfer, 1)
        applied(bank_csv(f"{days_ago(0)};FT3;;3;mai"))
        assert missing() == []

    def test_is_missing_no_longer_once_a_row_shows_it_with_another_sum(self) -> None:
        transfer = told(5)
        applied(bank_csv(*until_today()))
        applied(bank_csv(row_of(transfer, credit=str(TOTAL + 1)), f"{days_ago(0)};FT3;;3;mai"))
        assert [item.state for item in missing()] == ["resolved"]
        assert Item.objects.get(finding="amount_differs").is_open

    def test_what_a_row_of_another_sum_opened_stays_open_when_another_has_the_right_one(self) -> None:
        transfer = told(5)
        applied(bank_csv(row_of(transfer, credit=str(TOTAL + 1)), *until_today()))
        applied(bank_csv(row_of(transfer)))
        assert Item.objects.get(finding="amount_differs").is_open

    def test_closes_itself_once_a_statement_shows_it(self) -> None:
        transfer = told(5)
        applied(bank_csv(*until_today()))
        applied(bank_csv(row_of(transfer)))
        [item] = missing()
        assert (item.state, item.resolved_by) == ("resolved", None)

    def test_that_was_explained_is_not_found_again(self) -> None:
        told(5)
        applied(bank_csv(*until_today()))
        agree(explain(missing()[0], words="Ngân hàng báo nhầm", by=chi_thu()), by=chi_hoa())
        applied(bank_csv(f"{days_ago(0)};FT3;;3;nua"))
        assert [item.state for item in missing()] == ["resolved"]

    def test_of_another_account_is_not_looked_for(self) -> None:
        at = timezone.now() - timedelta(days=5)
        transfer_of("x", accountNumber="88888888", transactionDate=f"{at:%Y-%m-%d %H:%M:%S}")
        applied(bank_csv(*until_today()))
        assert missing() == []


def later(days: int, hour: str = "") -> str:
    return f"{farms.NOW + timedelta(days=days):%d/%m/%Y} {hour}".strip()


def paid_out() -> Payout:
    farms.hold()
    farms.arrived(farms.make_seller("Vườn Sáu"), 80_000)
    return farms.sent().payouts.get()


def bank_until(days: int) -> None:
    """A statement from before the payout until so many days after it."""
    with time_machine.travel(farms.NOW + timedelta(days=days + 1)):
        applied(bank_csv(f"{later(-9)};FT1;;1;dau ky", f"{later(days, '23:00')};FT2;;2;cuoi ky"))


class TestAPayout:
    def test_that_the_bank_has_not_paid_in_time_waits_for_a_person(self) -> None:
        payout = paid_out()
        bank_until(3)
        assert missing() == []
        bank_until(5)
        [item] = missing()
        assert (item.reference, item.our_amount) == (payout.reference, -payout.amount)
        with time_machine.travel(farms.NOW + timedelta(days=7)):
            applied(bank_csv(f"{later(6)};FT8;{payout.amount};;{payout.reference}"))
        assert [item.state for item in missing()] == ["resolved"]

    def test_that_came_back_before_the_bank_paid_it_is_no_movement(self) -> None:
        mark_returned(paid_out(), reason="Sai tài khoản", now=farms.NOW)
        bank_until(20)
        assert missing() == []


class TestCash:
    def test_of_a_parcel_that_the_carriers_lists_leave_out_is_asked_for(self) -> None:
        left_out = collected()
        stranger = ["ZZ1", TOTAL, 0]
        with time_machine.travel(timezone.now() + timedelta(days=12)):
            listed([*stranger, days_ago(-9)])
            assert missing() == []
            listed([*stranger, days_ago(-11)])
        [item] = missing()
        assert (item.source, item.reference, item.our_amount) == (CARRIER, left_out.number, left_out.due)
        with time_machine.travel(timezone.now() + timedelta(days=12)):
            listed([left_out.number, TOTAL, 0, days_ago(-12)])
        assert [item.state for item in missing()] == ["resolved"]

    def test_of_a_list_that_never_arrived_is_asked_for(self) -> None:
        listed([collected().tracking_number, TOTAL, 9_000, days_ago(0)])
        with time_machine.travel(timezone.now() + timedelta(days=12)):
            applied(bank_csv(f"{days_ago(9)};FT1;;1;dau ky", f"{days_ago(-12)};FT2;;2;cuoi ky"))
        [item] = missing()
        assert (item.our_amount, item.our_state) == (TOTAL - 9_000, CARRIER)
        with time_machine.travel(timezone.now() + timedelta(days=12)):
            applied(bank_csv(f"{days_ago(-12)};FT3;;{TOTAL - 9_000};COD"))
        waiting = Item.objects.get(finding="missing_here", their_amount=TOTAL - 9_000)
        settled = link_list(waiting, statement=item.remittance, by=chi_thu())
        assert settled.entry is not None and settled.entry.kind == "memorandum"
        assert [item.state for item in missing()] == ["resolved"]

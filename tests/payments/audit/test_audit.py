"""The auditor is silent about what the services did, and names what they did not do."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move
from payments.audit.models import Audit
from payments.audit.services import audit, find_differences
from payments.cash import count_cash
from payments.commission.loading import load_rules
from payments.commission.models import CommissionRule
from payments.handover import parcel_handed_over
from payments.ledger.accounts import balance, of_market, owed_to, seller_payable
from payments.ledger.debts import note_debt
from payments.ledger.models import Account, Entry, Line
from payments.ledger.posting import Leg, post
from payments.ledger.postings import correction, money_received
from payments.models import Notification, Payment, Refund
from payments.notifications import settle
from payments.parcel_refunds import give_back_parcel
from payments.reconciliation.models import Item
from payments.refunds import complete_refund
from payments.services import expire_unpaid
from payments.tax.loading import load_withholding
from tests.factories import anh_tam, htx_dong_phu, make_staff
from tests.payments.desk.people import chi_hoa, chi_thu
from tests.payments.orders import TOTAL, bank_says, make_order, make_payment, notify, reread
from tests.payments.reconciliation.files import applied, bank_csv

pytestmark = pytest.mark.django_db
Kind = Account.Kind


@pytest.fixture(autouse=True)
def rules() -> None:
    load_rules()
    load_withholding()


def pay(client: Client, payment: Payment, amount: int) -> None:
    assert notify(client, bank_says(payment.reference, amount)).status_code == 200
    for pk in Notification.objects.values_list("pk", flat=True):
        settle({"notification": pk})


def paid(client: Client, *totals: int) -> Order:
    order = make_order(*totals)
    pay(client, make_payment(order), sum(totals) or TOTAL)
    order.refresh_from_db()
    return order


def step(parcel: SellerOrder, *to: str) -> None:
    for one in to:
        move(parcel, one, carrier="Viettel Post")


def found() -> list[str]:
    return sorted({difference.check for difference in find_differences()})


class TestBooksOfRealOrders:
    def test_a_paid_and_delivered_order_leaves_each_his_part(self, client: Client) -> None:
        order = paid(client, 130_000, 230_000)
        for parcel in order.seller_orders.all():
            step(parcel, "packing", "handed_over")
            parcel_handed_over({"seller_order": parcel.pk})
            step(parcel, "delivered")
        # 3 % commission; 1 % + 0.5 % tax of the household, none of the cooperative; freight to who sends
        assert owed_to(anh_tam()) == 100_000 - 3_000 - 1_500 + 30_000
        assert owed_to(htx_dong_phu()) == 200_000 - 6_000 + 30_000
        assert -balance(of_market(Kind.COMMISSION_INCOME)) == 9_000
        assert -balance(of_market(Kind.WITHHELD_TAX)) == 1_500
        assert balance(of_market(Kind.SHIPPING_PAYABLE)) == balance(of_market(Kind.BUYER_CREDIT)) == 0
        assert found() == []

    def test_a_cancelled_parcel_gives_back_all_that_was_kept_of_it(self, client: Client) -> None:
        order = paid(client, 130_000, 230_000)
        parcel = order.seller_orders.get(partner=anh_tam())
        step(parcel, "cancelled")
        give_back_parcel({"seller_order": parcel.pk})
        assert owed_to(anh_tam()) == 0
        assert -balance(of_market(Kind.REFUNDS_PAYABLE)) == 130_000
        assert found() == []
        complete_refund(Refund.objects.get(), bank_reference="FT1", by=make_staff())
        assert balance(of_market(Kind.REFUNDS_PAYABLE)) == 0
        assert found() == []

    @pytest.mark.parametrize(
        "amounts", [(50_000,), (50_000, TOTAL - 50_000), (TOTAL + 7_000,), (TOTAL, TOTAL)],
        ids=["part", "two parts", "too much", "twice"],
    )  # fmt: skip
    def test_transfers_of_every_kind(self, client: Client, amounts: tuple[int, ...]) -> None:
        payment = make_payment()
        for amount in amounts:
            pay(client, payment, amount)
        assert found() == []
        waiting = sum(amounts) - (TOTAL if sum(amounts) >= TOTAL else 0)
        owed = -balance(of_market(Kind.REFUNDS_PAYABLE)) - balance(of_market(Kind.BUYER_CREDIT))
        assert owed == waiting

    def test_late_parts_that_the_rest_follows_are_kept_after_all(self, client: Client) -> None:
        payment = make_payment()
        pay(client, payment, 50_000)
        late = timezone.now() + timedelta(minutes=20)
        expire_unpaid(late)
        assert -balance(of_market(Kind.REFUNDS_PAYABLE)) == 50_000
        pay(client, payment, TOTAL - 50_000)
        assert reread(payment).state == Payment.State.CONFIRMED
        assert balance(of_market(Kind.REFUNDS_PAYABLE)) == 0
        assert found() == []

    def test_a_transfer_of_nobodys_order_waits_as_credit(self, client: Client) -> None:
        pay_body = bank_says("KHONGBIET", 70_000)
        payment = make_payment()
        notify(client, pay_body)
        pay(client, payment, TOTAL)
        assert -balance(of_market(Kind.BUYER_CREDIT)) == 70_000
        assert found() == []

    def test_money_that_left_the_account_is_only_noted(self, client: Client) -> None:
        notify(client, bank_says("", 70_000, transferType="out"))
        pay(client, make_payment(), TOTAL)
        assert balance(of_market(Kind.BUYER_CREDIT)) == 0
        assert found() == []

    def test_cash_at_the_door_lies_with_the_carrier(self) -> None:
        payment = make_payment(provider="cash_on_delivery")
        parcel = payment.order.seller_orders.get()
        step(parcel, "packing", "handed_over", "delivered")
        for _again in range(2):
            count_cash({"seller_order": parcel.pk})
        cash = Account.objects.get(kind=Kind.CASH_IN_TRANSIT)
        assert (cash.carrier, balance(cash)) == ("Viettel Post", TOTAL)
        assert owed_to(anh_tam()) == TOTAL - 3_600 - 1_800
        assert found() == []

    def test_a_refund_after_the_payout_is_a_debt_that_is_written_down(self, client: Client) -> None:
        order = paid(client, 130_000)
        parcel = order.seller_orders.get()
        account = seller_payable(anh_tam())
        owed = owed_to(anh_tam())
        legs = [Leg(account, owed), Leg(of_market(Kind.BANK), -owed)]
        post(key="payout", kind=Entry.Kind.PAYOUT_SENT, occurred_at=timezone.now(), lines=legs)
        step(parcel, "cancelled")
        give_back_parcel({"seller_order": parcel.pk})
        account.refresh_from_db()
        assert account.debt_since is not None
        assert found() == []
        Account.objects.filter(pk=account.pk).update(debt_since=None)
        assert found() == ["sellers_owe_nothing_unsaid"]

    def test_a_sale_that_brings_less_than_is_kept_of_it_is_a_debt_too(self, client: Client) -> None:
        CommissionRule.objects.create(
            basis_points=9_900, partner=anh_tam(), valid_from="2026-01-01", source="x"
        )
        paid(client)
        assert owed_to(anh_tam()) < 0
        assert seller_payable(anh_tam()).debt_since is not None
        assert found() == []

    def test_the_next_sale_that_covers_a_debt_ends_it(self, client: Client) -> None:
        account = seller_payable(anh_tam())
        legs = [Leg(account, 1_000), Leg(of_market(Kind.BANK), -1_000)]
        post(key="payout", kind=Entry.Kind.PAYOUT_SENT, occurred_at=timezone.now(), lines=legs)
        note_debt(account)
        assert account.debt_since is not None
        paid(client)
        account.refresh_from_db()
        assert account.debt_since is None


class TestDifferencesAreFound:
    @pytest.mark.parametrize(
        ("damage", "checks"),
        [
            (lambda: Payment.objects.update(received=1), ["orders_add_up", "payments_are_booked"]),
            (lambda: _write_off(Entry.Kind.ORDER_PAID), ["sold_parcels_are_booked"]),
            (
                lambda: _write_off(Entry.Kind.MONEY_RECEIVED),
                ["credit_is_explained", "orders_add_up", "payments_are_booked"],
            ),
            (lambda: _unbalance(), ["entries_balance"]),
            (lambda: Payment.objects.update(state="failed"), ["paid_orders_have_one_payment"]),
        ],
        ids=["payment", "sale not booked", "money not booked", "unbalanced", "success undone"],
    )
    def test_it_is_named(self, client: Client, damage: Callable[[], object], checks: list[str]) -> None:
        paid(client)
        assert found() == []
        damage()
        assert set(checks) <= set(found())

    def test_money_of_an_ended_order_that_nobody_owes_back(self, client: Client) -> None:
        payment = make_payment()
        pay(client, payment, 50_000)
        assert found() == []
        Payment.objects.update(state="expired")
        Order.objects.update(status="expired")
        assert found() == ["credit_is_owed_back"]

    def test_money_of_a_paid_order_that_nobody_owes_back(self, client: Client) -> None:
        order = paid(client)
        money_received(order.payments.get(), rail="vietqr", amount=7, key="x", occurred_at=timezone.now())
        assert "credit_is_owed_back" in found()

    @pytest.mark.parametrize(
        "kind", [Kind.REFUNDS_PAYABLE, Kind.BUYER_CREDIT, Kind.WITHHELD_TAX, Kind.SHIPPING_PAYABLE]
    )
    def test_more_given_than_was_owed(self, client: Client, kind: Account.Kind) -> None:
        paid(client)
        hand_over(kind, 1 - balance(of_market(kind)))
        assert found() == ["payables_are_not_negative"]

    @pytest.mark.parametrize("kind", [Kind.WITHHELD_TAX, Kind.SHIPPING_PAYABLE])
    def test_what_goes_back_to_a_buyer_after_it_was_handed_over(
        self, client: Client, kind: Account.Kind
    ) -> None:
        order = paid(client)
        hand_over(kind, -balance(of_market(kind)))
        parcel = order.seller_orders.get()
        step(parcel, "cancelled")
        give_back_parcel({"seller_order": parcel.pk})
        assert balance(of_market(kind)) > 0
        assert found() == []

    def test_refunds_that_the_books_do_not_know(self, client: Client) -> None:
        order = paid(client)
        refund = Refund.objects.create(payment=order.payments.get(), amount=5, reason="x", key="x")
        assert found() == ["refunds_are_owed"]
        Refund.objects.filter(pk=refund.pk).update(state=Refund.State.DONE)
        assert found() == ["orders_add_up", "refunds_are_sent"]


class TestCommandAndReadiness:
    def test_clean_books_exit_quietly_and_are_stored(self, client: Client) -> None:
        paid(client)
        out = StringIO()
        call_command("audit_money", "--json", stdout=out)
        said = json.loads(out.getvalue())
        assert (said["ok"], said["differences"]) == (True, [])
        assert Audit.objects.get().is_clean

    def test_any_difference_exits_with_1_and_its_rows(self, client: Client) -> None:
        paid(client)
        Payment.objects.update(received=1)
        out = StringIO()
        with pytest.raises(SystemExit) as stopped:
            call_command("audit_money", "--json", stdout=out)
        assert stopped.value.code == 1
        row = json.loads(out.getvalue())["differences"][0]
        assert (row["expected"], row["found"]) == (1, TOTAL)

    def test_readiness_says_when_the_books_were_audited(self, client: Client) -> None:
        part = client.get("/readyz").json()["parts"]["audit"]
        assert part == {"ok": True, "last_audit": None}
        last = audit()
        assert client.get("/readyz").json()["parts"]["audit"]["last_audit"] == last.ran_at.isoformat()

    def test_what_others_say_waits_at_the_desk_and_leaves_the_market_ready(self, client: Client) -> None:
        Item.objects.create(source="vnpay", finding="missing_here", reference="BP0", their_amount=5_000)
        assert audit().is_clean  # nobody knows yet whether it is of our money
        applied(bank_csv(f"{timezone.localdate():%d/%m/%Y};FT1;;5.000;la"))
        assert [found["check"] for found in audit().differences] == ["rails_report_the_same"]
        part = client.get("/readyz").json()["parts"]["audit"]
        assert (part["ok"], part["to_settle"]) == (True, 1)

    def test_books_that_were_never_audited_make_the_market_unready(self, client: Client) -> None:
        paid(client)
        assert client.get("/readyz").json()["parts"]["audit"]["ok"]
        with time_machine.travel(timezone.now() + timedelta(hours=5)):
            assert not client.get("/readyz").json()["parts"]["audit"]["ok"]

    def test_failed_and_old_audits_make_the_market_unready(self, client: Client) -> None:
        last = audit()
        Audit.objects.update(ran_at=timezone.now() - timedelta(hours=5))
        assert not client.get("/readyz").json()["parts"]["audit"]["ok"]
        Audit.objects.filter(pk=last.pk).update(ran_at=timezone.now(), differences=[{"check": "x"}])
        assert not client.get("/readyz").json()["parts"]["audit"]["ok"]


def hand_over(kind: Account.Kind, amount: int) -> None:
    """To the state, to a carrier or to buyers: ``amount`` đồng from the bank, by two people."""
    legs = [Leg(of_market(kind), amount), Leg(of_market(Kind.BANK), -amount)]
    correction(legs, key="1", by=chi_thu(), approved_by=chi_hoa(), memo="x")


def _write_off(kind: str) -> None:
    _disarmed(
        "DELETE FROM ledger_line WHERE entry_id IN (SELECT id FROM ledger_entry WHERE kind = %s)", [kind]
    )


def _unbalance() -> None:
    _disarmed("UPDATE ledger_line SET amount = amount + 1 WHERE id = %s", [Line.objects.latest("pk").pk])


def _disarmed(statement: str, values: list[object]) -> None:
    """What a careless restore could leave behind: the triggers are off while it is written."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE ledger_line DISABLE TRIGGER ledger_is_immutable")
        cursor.execute(statement, values)
        cursor.execute("ALTER TABLE ledger_line ENABLE TRIGGER ledger_is_immutable")

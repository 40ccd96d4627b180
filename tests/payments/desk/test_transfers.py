"""Money of nobody's order: given to the order it is for, or given back by two people."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from payments.audit.services import find_differences
from payments.desk.models import Correction, DeskAction
from payments.ledger.accounts import balance, of_market
from payments.ledger.models import Account
from payments.models import Payment, Refund
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_order, make_payment, reread

pytestmark = pytest.mark.django_db
Kind = DeskAction.Kind


def attach(transfer: Any, number: str) -> Any:
    return post(signed_in(chi_thu()), "desk:transfer_attach", transfer.pk, order=number)


def test_an_unknown_transfer_pays_the_order_that_a_person_names() -> None:
    payment, transfer = make_payment(), transfer_of("mua hat dieu")
    attach(transfer, payment.order.number)
    transfer.refresh_from_db()
    assert reread(payment).state == Payment.State.CONFIRMED
    assert reread(payment).order.paid_at is not None
    assert (transfer.payment, transfer.outcome) == (payment, "exact")
    assert find_differences() == []
    action = DeskAction.objects.get(kind=Kind.TRANSFER_ATTACHED)
    assert (action.actor, action.order, action.amount) == (chi_thu(), payment.order, TOTAL)


def test_less_than_owed_leaves_the_order_open_for_the_rest() -> None:
    payment, transfer = make_payment(), transfer_of("mot phan", TOTAL - 50_000)
    attach(transfer, payment.order.number)
    assert (reread(payment).state, reread(payment).missing) == (Payment.State.PENDING, 50_000)
    assert find_differences() == []


def test_too_much_goes_back() -> None:
    payment, transfer = make_payment(), transfer_of("nhieu qua", TOTAL + 7_000)
    attach(transfer, payment.order.number)
    assert Refund.objects.get().amount == 7_000
    assert find_differences() == []


def test_an_order_to_be_paid_at_the_door_can_be_paid_by_it() -> None:
    order, transfer = make_order(provider="cash_on_delivery"), transfer_of("tra truoc")
    make_payment(order, provider="cash_on_delivery")
    attach(transfer, order.number)
    order.refresh_from_db()
    assert order.paid_at is not None
    assert set(order.payments.values_list("provider", "state")) == {
        ("vietqr", "confirmed"),
        ("cash_on_delivery", "cancelled"),
    }
    assert find_differences() == []


def test_a_transfer_pays_once() -> None:
    first, second, transfer = make_payment(), make_payment(), transfer_of("mua hat dieu")
    attach(transfer, first.order.number)
    attach(transfer, second.order.number)
    assert reread(second).received == 0
    assert DeskAction.objects.count() == 1


def test_an_order_that_does_not_exist_is_told() -> None:
    transfer = transfer_of("mua hat dieu")
    answer = attach(transfer, "999")
    assert answer.status_code == 422
    assert answer.context["attach"].errors["order"]


def test_giving_back_needs_a_second_person() -> None:
    transfer = transfer_of("nham nguoi")
    post(signed_in(chi_thu()), "desk:transfer_give_back", transfer.pk, memo="FT999 tra anh Ba")
    proposal = Correction.objects.get()
    post(signed_in(chi_thu()), "desk:correction_approve", proposal.pk)
    transfer.refresh_from_db()
    assert transfer.resolved_at is None
    post(signed_in(chi_hoa()), "desk:correction_approve", proposal.pk)
    transfer.refresh_from_db()
    assert "FT999" in transfer.resolution
    assert balance(of_market(Account.Kind.BUYER_CREDIT)) == 0
    assert balance(of_market(Account.Kind.BANK)) == -TOTAL
    assert find_differences() == []


def test_what_is_to_be_given_back_is_not_given_to_an_order_too() -> None:
    payment, transfer = make_payment(), transfer_of("nham nguoi")
    post(signed_in(chi_thu()), "desk:transfer_give_back", transfer.pk, memo="FT999")
    attach(transfer, payment.order.number)
    assert reread(payment).received == 0


def test_a_transfer_given_to_an_order_is_not_given_back() -> None:
    payment, transfer = make_payment(), transfer_of("mua hat dieu")
    attach(transfer, payment.order.number)
    post(signed_in(chi_thu()), "desk:transfer_give_back", transfer.pk, memo="FT999")
    assert not Correction.objects.exists()


def test_money_that_left_is_not_given_back() -> None:
    transfer = transfer_of("tra tien dien", transferType="out")
    post(signed_in(chi_thu()), "desk:transfer_give_back", transfer.pk, memo="FT999")
    assert not Correction.objects.exists()


def test_money_of_another_account_is_seen_but_neither_given_back_nor_to_an_order() -> None:
    payment, transfer = make_payment(), transfer_of("mua hat dieu", accountNumber="88888888")
    client = signed_in(chi_thu())
    page = text(client, "desk:transfer", transfer.pk)
    assert "vào tài khoản khác" in page.lower() and "gan-don" not in page
    post(client, "desk:transfer_give_back", transfer.pk, memo="FT999")
    attach(transfer, payment.order.number)
    assert not Correction.objects.exists()
    assert reread(payment).received == 0
    assert "mua hat dieu" not in text(client, "desk:transfers")
    assert find_differences() == []


def test_the_queue_shows_what_waits_and_its_page_the_way_out() -> None:
    transfer = transfer_of("mua hat dieu")
    client = signed_in(chi_thu())
    assert "mua hat dieu" in text(client, "desk:transfers")
    assert "gan-don" in text(client, "desk:transfer", transfer.pk)
    attach(transfer, make_payment().order.number)
    assert "mua hat dieu" not in text(client, "desk:transfers")
    assert "gan-don" not in text(client, "desk:transfer", transfer.pk)


def test_the_diary_cannot_be_changed_even_by_sql() -> None:
    attach(transfer_of("mua hat dieu"), make_payment().order.number)
    for statement in ("UPDATE desk_deskaction SET note = ''", "DELETE FROM desk_deskaction"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert DeskAction.objects.count() == 1

"""The buyer's bank sent a refund back: it is owed again, the buyer names another account, and two people send it."""

from itertools import product
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from marketplace.order.links import order_link
from payments.audit.services import find_differences
from payments.bank_refunds import mark_returned
from payments.desk.models import DeskAction
from payments.ledger.accounts import balance, of_market
from payments.ledger.models import Account, Entry
from payments.models import Refund, RefundPolicy, Transfer
from payments.parcel_refunds import name_account
from payments.refund_notices import refund_sent
from payments.refunds import complete_refund, kept
from tests.factories import make_staff
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, make_payment

pytestmark = pytest.mark.django_db
Kind = Account.Kind
WRONG = {"bank_bin": "970436", "number": "0001112223", "holder": "NGUYEN THI LAM"}
RIGHT = {"bank_bin": "970415", "number": "0123456789", "holder": "NGUYEN THI LAN"}
WHY = "Tên người nhận không khớp"


@pytest.fixture(autouse=True)
def policy(db: None) -> None:
    RefundPolicy.objects.create(valid_from="2026-01-01", limit=500_000)


@pytest.fixture
def refund() -> Refund:
    """20.000 đồng too many, sent to the account that the buyer gave."""
    transfer_of(make_payment().reference, TOTAL + 20_000)
    owed = Refund.objects.get()
    name_account(owed.payment.order_id, **WRONG)
    sent(chi_thu(), owed, "FT1")
    return owed


def sent(person: Any, refund: Refund, reference: str) -> Refund:
    post(signed_in(person), "desk:refund_done", refund.pk, bank_reference=reference)
    refund.refresh_from_db()
    return refund


def come_back(refund: Refund, reason: str = WHY, seen: int | None = None) -> Any:
    newest = Transfer.objects.latest("pk").pk if seen is None else seen
    answer = post(signed_in(chi_thu()), "desk:refund_returned", refund.pk, reason=reason, seen=newest)
    refund.refresh_from_db()
    return answer


def words(kind: str) -> list[str]:
    return [" ".join(render(one)).replace("\xa0", " ") for one in Message.objects.filter(kind=kind)]


def test_it_is_owed_again_and_the_buyer_knows_what_to_do(refund: Refund) -> None:
    assert find_differences() == []
    come_back(refund)
    assert (refund.state, refund.account, refund.bank_reference) == ("failed", "", "")
    assert -balance(of_market(Kind.REFUNDS_PAYABLE)) == 20_000
    assert balance(of_market(Kind.BANK)) == 0
    assert refund.transfer and refund.transfer.resolved_at is None
    assert find_differences() == []
    (said,) = words("refund_returned")
    assert "20.000" in said and WHY in said and "2223" in said and "khoa=" in said
    assert WRONG["number"] not in said
    buyer = Client()
    page = buyer.get(order_link(refund.payment.order), follow=True).content.decode()
    assert "tai-khoan-nhan" in page
    action = DeskAction.objects.latest("pk")
    assert (action.kind, action.amount) == ("refund_returned", 20_000)
    assert "FT1" in action.note and WHY in action.note


def test_it_goes_out_again_to_the_new_account_by_two_people(refund: Refund) -> None:
    come_back(refund)
    post(signed_in(chi_hoa()), "desk:refund_release", refund.pk)
    assert sent(chi_thu(), refund, "FT2").state == "failed", "nobody has said to which account"
    name_account(refund.payment.order_id, **RIGHT)
    assert sent(chi_thu(), refund, "FT2").state == "failed", "below the limit, but it left once before"
    post(signed_in(chi_hoa()), "desk:refund_release", refund.pk)
    assert sent(chi_hoa(), refund, "FT2").state == "failed"
    assert sent(chi_thu(), refund, "FT2").state == "done"
    assert (refund.account, refund.bank_reference) == (RIGHT["number"], "FT2")
    assert balance(of_market(Kind.REFUNDS_PAYABLE)) == 0
    assert balance(of_market(Kind.BANK)) == -20_000
    assert refund.transfer and "FT2" in refund.transfer.resolution
    assert find_differences() == []


def test_whoever_approved_it_did_not_agree_to_the_second_sending(refund: Refund) -> None:
    Refund.objects.update(requested_by=chi_thu(), approved_by=chi_hoa(), needs_approval=True)
    come_back(refund)
    name_account(refund.payment.order_id, **RIGHT)
    assert sent(chi_thu(), refund, "FT2").state == "failed"


def test_the_buyer_hears_of_each_sending_and_each_return(refund: Refund) -> None:
    refund_sent({"refund": refund.pk})
    for number in range(2):
        come_back(refund)
        refund_sent({"refund": refund.pk})  # a job that comes late says nothing that is no longer true
        assert len(words("refund_sent")) == number + 1
        name_account(refund.payment.order_id, **RIGHT)
        post(signed_in(chi_hoa()), "desk:refund_release", refund.pk)
        sent(chi_thu(), refund, f"FT1{number}")
        refund_sent({"refund": refund.pk})
        assert find_differences() == []
    assert [len(words(kind)) for kind in ("refund_returned", "refund_sent")] == [2, 3]
    assert Entry.objects.filter(kind="refund_sent").count() == 3


def test_twice_is_once_and_a_reason_is_needed(refund: Refund) -> None:
    assert come_back(refund, "").status_code == 422
    assert refund.state == "done"
    for _ in range(2):
        come_back(refund)
    assert refund.returns == 1
    assert DeskAction.objects.filter(kind="refund_returned").count() == 1


def test_only_what_was_sent_can_come_back(refund: Refund) -> None:
    for state, by in product(Refund.State.values, (chi_thu(), None)):
        with transaction.atomic():
            Refund.objects.update(state=state, sent_by=by)
            possible = state == "done"
            assert bool(mark_returned(Refund.objects.get(), reason=WHY)) is possible, (state, by)
            assert Refund.objects.get().state == ("failed" if possible else state)
            transaction.set_rollback(True)


def test_the_database_refuses_a_second_sending_by_one_person(refund: Refund) -> None:
    come_back(refund)
    with pytest.raises(IntegrityError), transaction.atomic():
        complete_refund(refund, bank_reference="FT2", by=make_staff())


def test_its_money_pays_for_no_order_meanwhile(refund: Refund) -> None:
    """It is the buyer's own, promised back."""
    before = kept(refund.payment)
    come_back(refund)
    assert kept(refund.payment) == before


def test_the_desk_sees_what_was_sent_and_what_may_be_its_money(refund: Refund) -> None:
    client = signed_in(chi_thu())
    for page in (("desk:refunds",), ("desk:payment", refund.payment.reference)):
        assert "ngan-hang-tra-ve" in text(client, *page)
    transfer_of("HOAN TRA FT1", 20_000)
    transfer_of("khong lien quan", 20_001)
    page = text(client, "desk:refund_returned", refund.pk)
    assert "HOAN TRA FT1" in page and "khong lien quan" not in page
    assert "không thuộc đơn nào" in page
    transfer_of(refund.payment.reference, 20_000)
    assert "đã được tính cho đơn này" in text(client, "desk:refund_returned", refund.pk)
    come_back(refund)
    assert "đang chờ tài khoản khác" in text(client, "desk:refunds")


def test_money_that_came_in_while_the_page_was_open_is_looked_at_first(refund: Refund) -> None:
    """It may be what came back, and then has made a refund of its own."""
    page = text(signed_in(chi_thu()), "desk:refund_returned", refund.pk)
    assert 'name="seen" value="0"' in page
    transfer_of(refund.payment.reference, 20_000)
    answer = come_back(refund, seen=0)
    assert (answer.status_code, refund.state) == (422, "done")
    assert WHY in answer.content.decode()
    assert f'name="seen" value="{Transfer.objects.latest("pk").pk}"' in answer.content.decode()
    assert come_back(refund).status_code == 302
    assert refund.state == "failed"

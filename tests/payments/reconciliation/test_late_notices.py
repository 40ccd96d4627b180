"""A notice that comes after the bank's statement: the same money, counted once, whoever is faster."""

from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.ledger.accounts import balance, clearing, of_market
from payments.ledger.models import Account
from payments.models import Notification, Payment, Refund, Transfer
from payments.notifications import settle
from payments.reconciliation import bank_resolving
from payments.reconciliation.bank_resolving import take_in
from payments.reconciliation.exceptions import NotThatWay
from payments.reconciliation.models import Item
from tests.payments.desk.people import chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, bank_says, make_payment, reread
from tests.payments.reconciliation.files import applied, bank_csv
from tests.threads import together

pytestmark = pytest.mark.django_db
TODAY = f"{timezone.localdate():%d/%m/%Y}"
TAKE_IN = "/nhan-tien/"


def row_waits(memo: str, number: str = "FT77") -> Item:
    """The statement comes first: it opens a difference."""
    applied(bank_csv(f"{TODAY};{number};;{TOTAL};{memo}"))
    return Item.objects.get()


def take(item: Item) -> Item:
    return take_in(item, account=settings.BANK_ACCOUNT, by=chi_thu())


def counted_once(payment: Payment) -> None:
    assert (reread(payment).state, reread(payment).received) == ("confirmed", TOTAL)
    assert not Refund.objects.exists()
    assert Transfer.objects.count() == 1
    assert (balance(of_market(Account.Kind.BANK)), balance(clearing("vietqr"))) == (TOTAL, 0)
    assert find_differences() == []


@pytest.mark.parametrize("number", ["FT77", "SO-KHAC", ""])
def test_taking_in_what_a_notice_has_told_since_counts_it_once(number: str) -> None:
    payment = make_payment()
    item = row_waits(f"tra {payment.reference}")
    transfer = transfer_of(payment.reference, referenceCode=number)
    settled = take(item)
    assert settled.state == "resolved" and settled.row is not None
    assert settled.row.transfer == transfer
    counted_once(payment)


def test_the_notice_closes_the_difference_by_itself() -> None:
    payment = make_payment()
    item = row_waits(f"tra {payment.reference}")
    transfer = transfer_of(payment.reference)
    deliver_due()
    item.refresh_from_db()
    assert (item.state, item.resolved_by) == ("resolved", None)
    assert transfer.content in item.resolution
    counted_once(payment)


def test_a_notice_of_other_money_closes_nothing() -> None:
    payment = make_payment()
    item = row_waits("tien hang chi Ba", number="")
    transfer_of(payment.reference)
    deliver_due()
    item.refresh_from_db()
    assert item.state == "open"


class TestTwoTransfersThatFit:
    @pytest.fixture
    def item(self) -> Item:
        for event in ("a", "b"):
            transfer_of("tien hang", content="tien hang chi Ba", referenceCode="", code=event)
        return row_waits("tien hang chi Ba")

    def test_are_a_persons_to_tell_apart(self, item: Item) -> None:
        first = Transfer.objects.order_by("pk")[0]
        with pytest.raises(NotThatWay):
            take(item)
        client = signed_in(chi_thu())
        page = text(client, "desk:item", item.pk)
        assert "tien hang chi Ba" in page and TAKE_IN not in page
        assert post(client, "desk:item_resolve", item.pk, "khop").status_code == 422
        post(client, "desk:item_resolve", item.pk, "khop", transfer=first.pk)
        item.refresh_from_db()
        assert item.state == "resolved" and item.row is not None
        assert item.row.transfer == first
        assert find_differences() == []

    def test_are_settled_by_one_row_each(self, item: Item) -> None:
        first = Transfer.objects.order_by("pk")[0]
        bank_resolving.link(item, transfer=first, by=chi_thu())
        applied(bank_csv(f"{TODAY};FT78;;{TOTAL};chuyen tien"))
        with pytest.raises(NotThatWay):
            bank_resolving.link(Item.objects.get(state="open"), transfer=first, by=chi_thu())


def test_the_page_offers_to_take_in_only_what_nobody_told_us_of() -> None:
    payment = make_payment()
    item = row_waits(payment.reference)
    client = signed_in(chi_thu())
    assert TAKE_IN in text(client, "desk:item", item.pk)
    transfer_of(payment.reference)
    assert TAKE_IN not in text(client, "desk:item", item.pk)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_a_person_and_a_notice_at_the_same_moment_count_it_once() -> None:
    for number in range(6):
        payment = make_payment()
        applied(bank_csv(f"{TODAY};FT{number};;{TOTAL};{payment.reference}"))
        item = Item.objects.get(state="open")
        body = bank_says(payment.reference, referenceCode=f"FT{number}")
        told = Notification.objects.create(provider="sepay", event_id=f"{number}", body=body)
        jobs: list[Any] = [partial(take, item), partial(settle, {"notification": told.pk})]
        results = together(jobs)
        assert not [result for result in results if isinstance(result, Exception)]
        assert reread(payment).received == TOTAL
    assert not Refund.objects.exists()

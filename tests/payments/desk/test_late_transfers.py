"""Transfers that came after their order had ended, each with what became of it."""

import html
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments.desk.views.paging import PAGE
from payments.models import Payment, Refund, Transfer
from payments.refunds import complete_refund
from payments.services import expire_unpaid
from tests.payments.desk.people import chi_thu, signed_in, text, transfer_of
from tests.payments.orders import make_payment, sell_out

pytestmark = pytest.mark.django_db


def late_transfer(*, sold: bool) -> Transfer:
    """The order's time ran out before the bank told of its money; ``sold``: its goods went to somebody else."""
    payment = make_payment()
    long_ago = timezone.now() - timedelta(hours=1)
    Payment.objects.filter(pk=payment.pk).update(expires_at=long_ago)
    type(payment.order).objects.filter(pk=payment.order_id).update(expires_at=long_ago)
    expire_unpaid(timezone.now())
    if sold:
        sell_out(payment.order)
    found = transfer_of(payment.reference)
    assert found.outcome == "late"
    return found


@pytest.fixture
def thu() -> Client:
    return signed_in(chi_thu())


def page_of(client: Client, **query: str) -> str:
    """What stands below the heading of the late ones."""
    return html.unescape(text(client, "desk:transfers", **query)).partition('id="tre"')[2]


def test_one_for_which_the_goods_were_still_there_says_that_the_order_goes_on(thu: Client) -> None:
    found = late_transfer(sold=False)
    assert found.resolution and found.resolution in page_of(thu)


def test_one_that_goes_back_says_how_far_that_is(thu: Client) -> None:
    found = late_transfer(sold=True)
    assert found.payment is not None and found.payment.order.number in page_of(thu)
    assert f": {Refund.State.CREATED.label}" in page_of(thu)
    assert complete_refund(Refund.objects.get(), bank_reference="FT26B7", by=chi_thu())
    page = page_of(thu)
    assert f": {Refund.State.DONE.label}" in page and "FT26B7" in page and "hoan-tien" not in page


def test_without_any_the_list_says_so(thu: Client) -> None:
    transfer_of("khong co ma")
    assert "Chưa có khoản nào về muộn." in page_of(thu)


def test_go_on_over_the_page_newest_first(thu: Client) -> None:
    first = late_transfer(sold=True)
    copies(first, PAGE)
    page = page_of(thu)
    assert (first.content in page, f"khoản {PAGE}." in page, "?tre=2" in page) == (False, True, True)
    page = page_of(thu, tre="2")
    assert (first.content in page, f"khoản {PAGE}." in page) == (True, False)


def test_take_as_many_questions_however_many_there_are(
    thu: Client, django_assert_max_num_queries: Any
) -> None:
    first = late_transfer(sold=True)
    with django_assert_max_num_queries(20) as few:
        page_of(thu)
    copies(first, 9)
    with django_assert_max_num_queries(len(few)):
        page_of(thu)


def copies(first: Transfer, many: int) -> None:
    """The same money again and again, a second later each time."""
    for n in range(1, many + 1):
        told = first.notification
        told.pk, told.event_id = None, f"copy-{n}"
        told.save()
        Transfer.objects.create(
            notification=told,
            payment=first.payment,
            outcome="late",
            amount=1_000,
            account="1",
            content=f"khoản {n:02}.",
            occurred_at=first.occurred_at + timedelta(seconds=n),
        )

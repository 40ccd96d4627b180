"""All orders of the demo market, with all that became of them, leave its books full and clean."""

import io
from collections import Counter

import pytest
from django.core.management import call_command

from marketplace.demo import market, records
from marketplace.demo.orders import add_order, missing_orders
from marketplace.demo.people import add_person, add_staff
from marketplace.demo.pictures import add_picture
from marketplace.demo.products import add_product, missing_products, show_products
from marketplace.demo.sellers import add_payout_account, add_seller
from marketplace.order.models import Order
from payments.audit.services import find_differences
from payments.claims.models import CancellationRequest, Claim
from payments.ledger.models import Account, Entry
from payments.models import Refund, Transfer

pytestmark = pytest.mark.django_db
Outcome = Transfer.Outcome


def sell(whole: records.Records) -> None:
    """As the build does, without its pages and with one picture for all: drawing takes its time, and no money."""
    picture = add_picture(whole.sellers[0].picture)
    for loader in market.LOADERS:
        call_command(loader, stdout=io.StringIO())
    for person in whole.staff:
        add_staff(person)
    for person in whole.buyers:
        add_person(person)
    for seller in whole.sellers:
        add_seller(seller, album=lambda _: picture)
        add_payout_account(seller)
    for product in missing_products(whole.products):
        add_product(product, album=lambda _: picture)
    show_products()
    for order in missing_orders(whole):
        add_order(order)


def test_the_books_of_the_whole_demo_are_full_and_clean() -> None:
    whole = records.read()
    sell(whole)
    assert find_differences() == []
    assert Order.objects.count() == len(whole.orders)
    came = Counter(Transfer.objects.values_list("outcome", flat=True))
    assert {Outcome.EXACT, Outcome.PARTIAL, Outcome.OVER, Outcome.LATE, Outcome.DUPLICATE} <= set(came)
    booked = set(Entry.objects.values_list("kind", flat=True))
    assert {"order_paid", "commission", "withheld_tax", "refund_owed"} <= booked
    assert Order.objects.filter(payment_method="cash_on_delivery").exists()
    assert Order.objects.filter(status=Order.Status.CANCELLED).exists()
    assert Claim.objects.exists() and CancellationRequest.objects.exists()
    assert Refund.objects.filter(state=Refund.State.PROPOSED).exists()
    used = {account.kind for account in Account.objects.filter(lines__isnull=False)}
    assert {"clearing", "seller_payable", "refunds_payable", "buyer_credit"} <= used

"""The demo market is built through the real services, and building it again changes nothing."""

import dataclasses
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import transaction
from django.db.models import Model, Sum
from pytest_django.plugin import DjangoDbBlocker

from farmers.partner.models import Partner, StockRecord
from marketplace.accounts.models import User
from marketplace.demo import market, records
from marketplace.demo.products import show_products
from marketplace.order.models import Order, SellerOrder
from payments.audit.services import find_differences
from payments.ledger.models import Account
from payments.models import Payment

SELLERS = {"anh-tam", "htx-tieu-suoi-da"}
PRODUCTS = {"tam-w240-500", "suoi-tieu-den-500"}


def small_market() -> records.Records:
    """Two sellers, a product each, one story, and the first order of both, paid and delivered."""
    whole = records.read()
    return dataclasses.replace(
        whole,
        sellers=[seller for seller in whole.sellers if seller.code in SELLERS],
        products=[product for product in whole.products if product.sku in PRODUCTS],
        certificates=[certificate for certificate in whole.certificates if certificate.seller == "anh-tam"],
        stories=[story for story in whole.stories if story.seller == "anh-tam"],
        pages=whole.pages[:1],
        orders=[order for order in whole.orders if order.key in {"lan-dieu-tieu", "binh-dieu-moi"}],
    )


def rows() -> dict[type[Model], list[tuple[object, ...]]]:
    """Whatever the rooms that the market is made of have in the database."""
    ours = [
        model
        for name in (
            "accounts",
            "partner",
            "catalogue",
            "images",
            "wagtailcore",
            "order",
            "payments",
            "farmers",
            "payouts",
        )
        for model in apps.get_app_config(name).get_models()
        if model._meta.managed
    ]
    return {model: sorted(model._default_manager.values_list(), key=repr) for model in ours}


@pytest.fixture(scope="module")
def built(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[list[market.Progress]]:
    """One for all tests here, since its pictures take their time; undone afterwards."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield list(market.build(small_market()))
        transaction.set_rollback(True)


def test_a_second_build_changes_nothing(built):
    show_products()  # what the commits of the orders would have done
    before = rows()
    list(market.build(small_market()))
    after = rows()
    assert {model.__name__ for model in before if before[model] != after[model]} == set()
    assert sum(map(len, before.values())) > 50


def test_progress_counts_every_step_to_its_end(built):
    steps: dict[str, market.Progress] = {progress.step: progress for progress in built}
    assert all(last.done == last.total for last in steps.values())
    assert steps["products"].total == len(PRODUCTS)
    assert steps["pictures"].total >= 3


def test_money_and_goods_of_the_orders_are_booked(built):
    order = Order.objects.get(status=Order.Status.COMPLETED)
    assert order.payments.get().state == Payment.State.CONFIRMED
    assert order.payments.get().received == order.total
    assert {parcel.status for parcel in order.seller_orders.all()} == {SellerOrder.Status.DELIVERED}
    sold = StockRecord.objects.get(partner_sku="suoi-tieu-den-500")
    written_down = next(product for product in small_market().products if product.sku == sold.partner_sku)
    assert sold.num_in_stock == written_down.stock - 1
    held = StockRecord.objects.aggregate(Sum("num_allocated"))["num_allocated__sum"]
    assert held == 1, "the order that was only paid holds its pack"


def test_the_books_of_the_demo_are_full_and_clean(built):
    assert find_differences() == []
    used = {account.kind for account in Account.objects.filter(lines__isnull=False)}
    assert {"clearing", "seller_payable", "commission_income", "withheld_tax"} <= used


def test_orders_happened_when_they_were_written_to_have(built):
    order = Order.objects.get(status=Order.Status.COMPLETED)
    at = [event.at for event in order.seller_orders.first().events.order_by("pk")]
    assert at == sorted(at)
    assert order.date_placed <= at[0] and (at[-1] - order.date_placed).days == 4


def test_every_seller_can_be_paid_out(built):
    """By two people: there are as many who may do it."""
    assert not Partner.objects.filter(payout_accounts=None).exists()
    assert User.objects.filter(is_staff=True).count() >= 2

import random
from functools import partial
from threading import Barrier

import pytest
from django.db import IntegrityError
from django.db.models import F

from catalogue.crops import SaleMode
from catalogue.models import Listing, Product
from farmers.partner import stock
from farmers.partner.exceptions import InsufficientStock, Shortage
from farmers.partner.models import Partner, StockRecord
from tests.factories import make_product, stock_of
from tests.threads import together


def on_the_shelf(packs: int, *, held: int = 0, **seller: str) -> StockRecord:
    seller = Partner.objects.create(name="Vườn anh Tâm", **{"status": Partner.Status.ACTIVE} | seller)
    product = Product.objects.create(title="Hạt điều rang muối", seller=seller, pack_grams=500)
    return StockRecord.objects.create(
        product=product,
        partner=seller,
        partner_sku=f"P{product.pk}",
        price=95_000,
        num_in_stock=packs,
        num_allocated=held,
    )


def counts(record: StockRecord) -> tuple[int, int]:
    record.refresh_from_db()
    return record.num_in_stock, record.num_allocated


@pytest.mark.django_db
class TestReserve:
    def test_holds_the_packs(self):
        cashew, pepper = on_the_shelf(5), on_the_shelf(7, held=2)
        stock.reserve({cashew.pk: 5, pepper.pk: 3})
        assert (counts(cashew), counts(pepper)) == ((5, 5), (7, 5))

    def test_says_all_that_is_short_and_holds_nothing(self):
        plenty, short, empty = on_the_shelf(9), on_the_shelf(5, held=3), on_the_shelf(0)
        with pytest.raises(InsufficientStock) as caught:
            stock.reserve({empty.pk: 1, short.pk: 3, plenty.pk: 1})
        assert caught.value.shortages == (
            Shortage(stockrecord_id=short.pk, wanted=3, left=2),
            Shortage(stockrecord_id=empty.pk, wanted=1, left=0),
        )
        assert counts(plenty) == (9, 0)

    @pytest.mark.parametrize("status", [Partner.Status.PENDING, Partner.Status.SUSPENDED])
    def test_takes_nothing_from_a_seller_who_may_not_sell(self, status):
        record = on_the_shelf(5, status=status)
        with pytest.raises(InsufficientStock) as caught:
            stock.reserve({record.pk: 1})
        assert caught.value.shortages == (Shortage(stockrecord_id=record.pk, wanted=1, left=0),)

    @pytest.mark.parametrize("withdrawn", [{"is_public": False}, {"sale_mode": SaleMode.QUOTE}])
    def test_takes_nothing_that_is_not_on_sale_by_parcel(self, withdrawn):
        record = on_the_shelf(5)
        Product.objects.filter(pk=record.product_id).update(**withdrawn)
        with pytest.raises(InsufficientStock):
            stock.reserve({record.pk: 1})

    def test_takes_nothing_that_is_paused(self):
        record = on_the_shelf(5)
        stock.set_paused(record.pk, paused=True)
        with pytest.raises(InsufficientStock):
            stock.reserve({record.pk: 1})
        stock.set_paused(record.pk, paused=False)
        stock.reserve({record.pk: 1})
        assert counts(record) == (5, 1)

    @pytest.mark.parametrize("change", [stock.reserve, stock.release, stock.consume])
    @pytest.mark.parametrize("packs", [0, -1])
    def test_counts_of_less_than_one_are_refused(self, change, packs):
        record = on_the_shelf(5, held=2)
        with pytest.raises(ValueError, match="counted from one"):
            change({record.pk: packs})
        assert counts(record) == (5, 2)

    def test_asks_the_database_once_per_record(self, django_assert_num_queries):
        records = [on_the_shelf(5) for _ in range(3)]
        with django_assert_num_queries(3 + 2):  # and the savepoint around them
            stock.reserve({record.pk: 1 for record in records})


@pytest.mark.django_db
class TestGivingBackAndHandingOver:
    def test_released_packs_can_be_sold_again(self):
        record = on_the_shelf(5, held=3)
        stock.release({record.pk: 3})
        assert counts(record) == (5, 0)

    def test_consumed_packs_are_gone(self):
        record = on_the_shelf(5, held=3)
        stock.consume({record.pk: 3})
        assert counts(record) == (2, 0)

    def test_the_wall_stands_when_more_is_released_than_held(self):
        record = on_the_shelf(5, held=1)
        with pytest.raises(IntegrityError):
            stock.release({record.pk: 2})


@pytest.mark.django_db
class TestTheSellersOwnCount:
    @pytest.mark.parametrize(("by", "in_stock"), [(1, 6), (-1, 4), (-9, 3)])
    def test_plus_and_minus_stop_at_what_orders_hold(self, by, in_stock):
        record = on_the_shelf(5, held=3)
        stock.change_stock(record.pk, by=by)
        assert counts(record) == (in_stock, 3)


def read_then_write(record: StockRecord, everyone_has_read: Barrier) -> None:
    """The negative control: how one reserves without this module."""
    fresh = StockRecord.objects.get(pk=record.pk)
    everyone_has_read.wait(timeout=30)
    if fresh.net_stock_level >= 1:
        StockRecord.objects.filter(pk=record.pk).update(num_allocated=F("num_allocated") + 1)


@pytest.mark.django_db
class TestTheListing:
    @pytest.mark.parametrize(
        ("change", "left"),
        [
            (lambda pk: stock.reserve({pk: 4}), 6),
            (lambda pk: stock.change_stock(pk, by=-3), 7),
            (lambda pk: stock.set_paused(pk, paused=True), 0),
        ],
    )
    def test_follows_every_change_on_commit(self, django_capture_on_commit_callbacks, change, left):
        with django_capture_on_commit_callbacks(execute=True):
            product = make_product(stock=10)
        with django_capture_on_commit_callbacks(execute=True):
            change(stock_of(product).pk)
        assert Listing.objects.get(product=product).net_stock == left

    def test_follows_what_is_released_and_consumed(self, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            product = make_product(stock=10)
        record = stock_of(product).pk
        with django_capture_on_commit_callbacks(execute=True):
            stock.reserve({record: 5})
            stock.consume({record: 2})
            stock.release({record: 3})
        assert Listing.objects.get(product=product).net_stock == 8


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestManyBuyersAtOnce:
    def test_the_last_packs_are_sold_once(self):
        record = on_the_shelf(5)
        answers = together([partial(stock.reserve, {record.pk: 1})] * 12)
        assert [type(answer) for answer in answers if answer].count(InsufficientStock) == 7
        assert answers.count(None) == 5
        assert counts(record) == (5, 5)

    def test_reading_first_sells_them_twice_and_only_the_wall_stops_it(self):
        record, everyone_has_read = on_the_shelf(5), Barrier(12)
        answers = together([partial(read_then_write, record, everyone_has_read)] * 12)
        assert [type(answer) for answer in answers if answer] == [IntegrityError] * 7

    def test_baskets_in_any_order_do_not_wait_in_a_ring(self):
        records, dice = [on_the_shelf(100) for _ in range(5)], random.Random(7)
        baskets = [{record.pk: 1 for record in dice.sample(records, 5)} for _ in range(12)]
        assert together([partial(stock.reserve, basket) for basket in baskets]) == [None] * 12
        assert [counts(record) for record in records] == [(100, 12)] * 5

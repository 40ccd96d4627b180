"""Refunds of paid parcels: never more than was paid, above the limit by two people, and all books follow."""

from functools import partial
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.order.models import SellerOrder
from marketplace.order.services import move
from payments import parcel_refunds
from payments.audit.services import find_differences
from payments.commission.models import Commission
from payments.exceptions import NothingPaid, OnePerson, TooMuch
from payments.ledger.accounts import balance, of_market, owed_to
from payments.ledger.models import Account
from payments.models import Payment, Refund, RefundPolicy
from payments.parcel_refunds import (
    Part,
    approve_refund,
    call_off,
    give_back_parcel,
    left_of,
    name_account,
    payment_of,
    refund_parcel,
    wanting_an_account,
)
from payments.refunds import complete_refund
from payments.tax.models import Withheld
from tests.factories import anh_tam, make_order, make_staff, make_user
from tests.payments.claims.sold import cash_order, load_money_rules, paid_order, tams
from tests.threads import together

pytestmark = pytest.mark.django_db
State = Refund.State
Kind = Account.Kind


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()


def give(parcel: Any, goods: int, shipping: int = 0, *, key: str = "", by: Any = None) -> Refund:
    return refund_parcel(
        parcel,
        kind=Refund.Kind.LINE,
        reason="x",
        key=key or f"t:{Refund.objects.count()}",
        goods=goods,
        shipping=shipping,
        by=by,
    )


class TestTheLimit:
    def test_parts_up_to_the_whole_and_not_one_dong_more(self) -> None:
        parcel = tams(paid_order())
        for goods, shipping in ((40_000, 0), (60_000, 30_000)):
            give(parcel, goods, shipping)
        assert left_of(parcel).total == 0
        for goods, shipping in ((1, 0), (0, 1)):
            with pytest.raises(TooMuch):
                give(parcel, goods, shipping)
        assert find_differences() == []

    def test_shipping_money_does_not_pay_for_goods(self) -> None:
        with pytest.raises(TooMuch):
            give(tams(paid_order()), 100_001)

    @pytest.mark.parametrize(("goods", "shipping"), [(0, 0), (-1, 2), (2, -1)])
    def test_nonsense_is_refused(self, goods: int, shipping: int) -> None:
        with pytest.raises(TooMuch):
            give(tams(paid_order()), goods, shipping)

    def test_a_line_gives_back_its_own_price_at_most(self) -> None:
        order = paid_order()
        parcel, line = tams(order), tams(order).lines.get()
        part = Part(line=line, amount=60_000, packs=2)
        give_line = partial(refund_parcel, parcel, kind=Refund.Kind.LINE, reason="x", parts=[part])
        give_line(key="1", goods=60_000)
        with pytest.raises(TooMuch):
            give_line(key="2", goods=40_000)
        assert Refund.objects.get().lines.get().packs == 2

    def test_nothing_comes_back_of_what_nobody_paid(self) -> None:
        with pytest.raises(NothingPaid):
            give(make_order().seller_orders.get(), 1)

    def test_the_same_intent_twice_is_one_refund(self) -> None:
        parcel = tams(paid_order())
        assert give(parcel, 10, key="same") == give(parcel, 10, key="same")

    def test_cash_taken_at_the_door_comes_back_too(self) -> None:
        parcel = tams(cash_order(to="delivered"))
        refund = give(parcel, 50_000)
        assert refund.payment.provider == "cash_on_delivery"
        assert find_differences() == []

    def test_a_cancelled_parcel_gives_back_only_what_is_left(self) -> None:
        parcel = tams(paid_order(to="packing"))
        give(parcel, 25_000)
        move(parcel, "cancelled", note="hết hàng")
        give_back_parcel({"seller_order": parcel.pk})
        give_back_parcel({"seller_order": parcel.pk})
        assert sorted(Refund.objects.values_list("amount", flat=True)) == [25_000, 105_000]
        assert owed_to(anh_tam()) == 0
        assert find_differences() == []

    def test_the_auditor_names_what_goes_beyond(self) -> None:
        parcel = tams(paid_order())
        refund = give(parcel, 100_000)
        Refund.objects.filter(pk=refund.pk).update(amount=999_000, goods_amount=999_000)
        assert "refunds_stay_below_the_price" in {one.check for one in find_differences()}


class TestTwoPeople:
    def test_above_the_limit_nothing_is_owed_before_the_second_says_so(self) -> None:
        parcel, maker, second = tams(paid_order(price=200_000)), make_staff(), make_user(is_staff=True)
        refund = give(parcel, 500_001, by=maker)
        assert (refund.state, balance(of_market(Kind.REFUNDS_PAYABLE))) == (State.PROPOSED, 0)
        assert find_differences() == []
        with pytest.raises(OnePerson):
            approve_refund(refund, by=maker)
        assert approve_refund(refund, by=second)
        assert not approve_refund(refund, by=second)
        assert -balance(of_market(Kind.REFUNDS_PAYABLE)) == 500_001
        assert find_differences() == []

    def test_up_to_the_limit_one_is_enough(self) -> None:
        assert give(tams(paid_order(price=200_000)), 500_000, by=make_staff()).state == State.CREATED

    def test_pieces_count_as_the_whole_until_a_second_person_has_agreed(self) -> None:
        parcel, second = tams(paid_order(price=200_000)), make_user(is_staff=True)
        assert give(parcel, 300_000, by=make_staff()).state == State.CREATED
        piece = give(parcel, 200_001, by=second)
        assert piece.state == State.PROPOSED
        assert give(parcel, 200_000, by=second).state == State.CREATED
        assert approve_refund(piece, by=make_staff())
        assert give(parcel, 1, by=make_staff()).state == State.PROPOSED

    def test_pieces_of_the_orders_other_parcel_count_too(self) -> None:
        order = paid_order(price=200_000)
        other = order.seller_orders.exclude(pk=tams(order).pk).get()
        give(other, 150_000, by=make_staff())
        assert give(tams(order), 350_001, by=make_staff()).state == State.PROPOSED

    def test_what_follows_from_the_order_itself_leaves_the_limit_whole(self) -> None:
        parcel = tams(paid_order(price=200_000))
        give(parcel, 300_000)
        assert give(parcel, 500_000, by=make_staff()).state == State.CREATED

    def test_without_a_policy_everything_needs_two(self) -> None:
        RefundPolicy.objects.all().delete()
        assert give(tams(paid_order()), 1, by=make_staff()).state == State.PROPOSED

    def test_a_proposal_called_off_frees_its_money(self) -> None:
        parcel = tams(paid_order(price=200_000))
        refund = give(parcel, 800_000, by=make_staff())
        with pytest.raises(TooMuch):
            give(parcel, 1)
        assert call_off(refund)
        assert not call_off(refund)
        assert left_of(parcel).goods == 800_000

    def test_the_database_refuses_one_person_twice(self) -> None:
        refund = give(tams(paid_order(price=200_000)), 500_001, by=make_staff())
        for change in ({"state": "created"}, {"state": "created", "approved_by": make_staff()}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Refund.objects.filter(pk=refund.pk).update(**change)


@pytest.mark.parametrize("before", State.values)
@pytest.mark.parametrize("after", State.values)
def test_every_pair_of_states_is_possible_or_refused(before: str, after: str) -> None:
    refund = give(tams(paid_order()), 10)
    Refund.objects.filter(pk=refund.pk).update(state=before)
    possible = after in Refund.TRANSITIONS[State(before)]
    assert Refund.objects.move(refund.pk, after) is possible
    assert Refund.objects.get(pk=refund.pk).state == (after if possible else before)


class TestAccounts:
    def test_a_transfer_back_waits_for_the_buyers_account_and_keeps_the_first(self) -> None:
        order = paid_order()
        give(tams(order), 10_000)
        assert wanting_an_account(order.pk).count() == 1
        assert name_account(order.pk, bank_bin="970436", number="0123456789", holder="NGUYEN THI LAN") == 1
        assert name_account(order.pk, bank_bin="970415", number="999999999", holder="KE TROM") == 0
        refund = Refund.objects.get()
        assert (refund.account, refund.masked_account) == ("0123456789", "••••6789")
        complete_refund(refund, bank_reference="FT1", by=make_staff())
        assert find_differences() == []


class TestCommissionAndTax:
    @pytest.fixture
    def sold(self) -> SellerOrder:
        """One for all examples: each takes back what it did."""
        return tams(paid_order())

    @settings(
        max_examples=15,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(cuts=st.lists(st.integers(1, 99_999), min_size=1, max_size=6, unique=True))
    def test_any_number_of_parts_gives_back_all_that_was_kept(
        self, sold: SellerOrder, cuts: list[int]
    ) -> None:
        with transaction.atomic():
            parcel = SellerOrder.objects.get(pk=sold.pk)
            for number, (start, end) in enumerate(pairwise([0, *sorted(cuts), 100_000])):
                give(parcel, end - start, key=f"{parcel.pk}:{number}")
                assert find_differences() == []
            give(parcel, 0, 30_000, key=f"{parcel.pk}:freight")
            for rows, names in (
                (Commission, ("goods", "amount")),
                (Withheld, ("revenue", "vat", "income_tax")),
            ):
                mine = rows.objects.filter(seller_order=parcel)
                assert mine.count() > 1
                assert set(mine.aggregate(*(Sum(name) for name in names)).values()) == {0}
            assert owed_to(anh_tam()) == 0
            transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
class TestAtOnce:
    def test_two_full_refunds_at_once_are_one(self) -> None:
        parcel = tams(paid_order())
        results = together(
            [partial(give, tams(parcel.order), 100_000, 30_000, key=f"k{n}") for n in range(4)]
        )
        assert sum(isinstance(one, Refund) for one in results) == 1
        assert sum(isinstance(one, TooMuch) for one in results) == 3

    def test_without_the_lock_too_much_goes_back(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Negative control: the test above can fail."""
        parcel = tams(paid_order())
        payment = payment_of(parcel)
        meeting, check = Barrier(2), parcel_refunds._check

        def slow(*args: Any) -> None:
            check(*args)
            meeting.wait(timeout=30)

        monkeypatch.setattr(parcel_refunds, "lock_attempts", lambda order_id: None)
        monkeypatch.setattr(parcel_refunds, "_check", slow)
        together([partial(give, tams(parcel.order), 100_000, key=f"k{n}") for n in range(2)])
        assert payment is not None
        back = Payment.objects.get(pk=payment.pk).refunds.aggregate(total=Sum("goods_amount"))
        assert back["total"] == 200_000

    def test_two_approvals_at_once_send_once(self) -> None:
        parcel = tams(paid_order(price=200_000))
        refund = give(parcel, 600_000, by=make_staff())
        others = [make_user(is_staff=True) for _ in range(3)]
        results = together([partial(approve_refund, refund, by=one) for one in others])
        assert sorted(results) == [False, False, True]
        assert find_differences() == []


def test_goodwill_comes_out_of_the_markets_own_money() -> None:
    parcel = tams(paid_order())
    owed, income = owed_to(parcel.partner), balance(of_market(Kind.COMMISSION_INCOME))
    refund_parcel(parcel, kind=Refund.Kind.GOODWILL, reason="x", key="g", goods=10_000, by=make_staff())
    assert owed_to(parcel.partner) == owed
    assert balance(of_market(Kind.COMMISSION_INCOME)) == income + 10_000
    assert find_differences() == []


def test_goodwill_becomes_the_farms_own_refund_when_it_cancels_the_sale() -> None:
    parcel = tams(paid_order())
    income = balance(of_market(Kind.COMMISSION_INCOME))
    refund_parcel(parcel, kind=Refund.Kind.GOODWILL, reason="x", key="g", goods=10_000, by=make_staff())
    move(parcel, "cancelled", note="hết hàng")
    for _ in range(2):
        give_back_parcel({"seller_order": parcel.pk})
    assert owed_to(parcel.partner) == 0
    assert balance(of_market(Kind.COMMISSION_INCOME)) == income + 3_000  # of the parcel's 100.000 đồng
    assert parcel.refunds.aggregate(total=Sum("amount"))["total"] == parcel.total
    assert find_differences() == []

"""Requests to cancel and claims: who decides, until when, and what follows for stock, money, payout and words."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.messaging.models import Message
from marketplace.order.models import SellerOrder
from marketplace.order.services import move
from payments.audit.services import find_differences
from payments.claims.cancelling import answer, ask, open_request, unanswered
from payments.claims.exceptions import NotNow
from payments.claims.models import CancellationRequest, Claim
from payments.claims.services import (
    answer_claim,
    grant_claim,
    make_claim,
    may_claim,
    refund_settled,
    refuse_claim,
    waiting,
    withdraw_claim,
)
from payments.claims.windows import load_windows, window_of
from payments.exceptions import TooMuch
from payments.models import Refund
from payments.parcel_refunds import approve_refund, call_off, give_back_parcel
from payments.payouts.models import HoldRule
from payments.payouts.payable import payable
from tests.factories import anh_tam, make_order, make_staff, make_user, stock_of
from tests.payments.claims.sold import cash_order, load_money_rules, paid_order, tams

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def rules(db: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    load_money_rules()
    file = tmp_path / "windows.toml"
    file.write_text(
        "valid_from = 2026-01-01\nanswer_hours = 24\ndecide_hours = 72\ndefault_hours = 48\n"
        "refund_limit = 500_000\n[crops]\n"
    )
    load_windows(file)


def owner() -> Any:
    return anh_tam().members.get().user


def told() -> set[str]:
    return set(Message.objects.values_list("kind", flat=True))


class TestCancelling:
    def ask(self) -> CancellationRequest:
        return ask(tams(paid_order(to="packing")), reason="mua nhầm", now=timezone.now())

    def test_agreed_the_parcel_ends_its_stock_and_money_go_back(self) -> None:
        request = self.ask()
        assert "seller_cancellation_asked" in told()
        answer(request, agree=True, words="", by=owner(), now=timezone.now())
        parcel = SellerOrder.objects.get(pk=request.seller_order_id)
        give_back_parcel({"seller_order": parcel.pk})
        assert (parcel.status, request.state, Refund.objects.get().amount) == ("cancelled", "agreed", 130_000)
        assert stock_of(parcel.lines.get().product).net_stock_level == 4
        assert Message.objects.filter(kind="parcel_taken_back").count() == 1
        assert find_differences() == []

    def test_refused_it_goes_on_and_the_buyer_hears_why(self) -> None:
        request = self.ask()
        answer(request, agree=False, words="đã gửi xe", by=owner(), now=timezone.now())
        assert SellerOrder.objects.get(pk=request.seller_order_id).status == "packing"
        assert Message.objects.get(kind="cancellation_refused").context["words"] == "đã gửi xe"

    def test_asking_twice_is_one_request_and_one_answer(self) -> None:
        request = self.ask()
        assert ask(request.seller_order, reason="", now=timezone.now()) == request
        answer(request, agree=False, words="x", by=owner(), now=timezone.now())
        with pytest.raises(NotNow):
            answer(request, agree=True, words="", by=make_staff(), now=timezone.now())

    def test_unanswered_it_comes_to_staff_at_its_deadline(self) -> None:
        request = self.ask()
        assert list(unanswered(request.answer_by - HOUR)) == []
        assert list(unanswered(request.answer_by)) == [request]

    def test_overtaken_by_the_carrier(self) -> None:
        request = self.ask()
        parcel = SellerOrder.objects.get(pk=request.seller_order_id)
        move(parcel, "handed_over", carrier="x")
        assert open_request(parcel) is None
        with pytest.raises(NotNow):
            answer(request, agree=True, words="", by=owner(), now=timezone.now())
        assert (request.state, parcel.status) == ("overtaken", "handed_over")

    @pytest.mark.parametrize("status", ["", "handed_over", "delivered"])
    def test_asked_only_while_it_is_packed(self, status: str) -> None:
        with pytest.raises(NotNow):
            ask(tams(paid_order(to=status)), reason="", now=timezone.now())


class TestClaims:
    def make(self, *, wanted: int = 50_000, price: int = 25_000, make: Any = paid_order) -> Claim:
        parcel = tams(make(to="delivered", price=price))
        return make_claim(parcel, words="dập nát", wanted=wanted, photos=[], now=timezone.now())

    @pytest.mark.parametrize("make", [paid_order, cash_order])
    def test_granted_in_part_it_becomes_a_refund(self, make: Any) -> None:
        claim = self.make(make=make)
        assert {"seller_claim_made", "claim_to_decide"} <= told()
        refund = grant_claim(claim, goods=30_000, words="một nửa", by=make_staff(), now=claim.answer_by)
        assert (claim.state, refund.kind, refund.state, refund.amount) == (
            "granted",
            "claim",
            "created",
            30_000,
        )
        assert {"claim_decided", "seller_claim_decided"} <= told()
        assert find_differences() == []

    def test_refused_with_a_reason_nothing_moves(self) -> None:
        claim = self.make()
        refuse_claim(claim, words="ảnh của đơn khác", by=make_staff(), now=claim.answer_by)
        assert (claim.state, Refund.objects.count()) == ("refused", 0)
        with pytest.raises(NotNow):
            grant_claim(claim, goods=1, words="x", by=make_staff(), now=claim.answer_by)

    def test_nobody_decides_while_the_farm_may_still_answer(self) -> None:
        claim, staff = self.make(), make_staff()
        early = claim.answer_by - HOUR
        with pytest.raises(NotNow):
            grant_claim(claim, goods=1, words="x", by=staff, now=early)
        with pytest.raises(NotNow):
            refuse_claim(claim, words="x", by=staff, now=early)
        assert (claim.state, Refund.objects.count()) == ("made", 0)
        answer_claim(claim, agrees=True, words="đúng vậy", now=early)
        assert grant_claim(claim, goods=1, words="x", by=staff, now=early)

    def test_the_farm_answers_once_and_in_its_time(self) -> None:
        claim = self.make()
        with pytest.raises(NotNow):
            answer_claim(claim, agrees=True, words="", now=claim.answer_by)
        answer_claim(claim, agrees=True, words="đúng vậy", now=claim.answer_by - HOUR)
        assert (claim.state, claim.seller_agrees) == ("answered", True)
        with pytest.raises(NotNow):
            answer_claim(claim, agrees=False, words="", now=claim.answer_by - HOUR)

    def test_within_the_window_only(self) -> None:
        parcel = tams(paid_order(to="delivered"))
        window = window_of(parcel)
        assert window
        assert may_claim(parcel, window.closes_at - HOUR)
        assert not may_claim(parcel, window.closes_at)
        with pytest.raises(NotNow):
            make_claim(parcel, words="x", wanted=1, photos=[], now=window.closes_at)

    def test_not_before_delivery_not_twice_and_not_for_more_than_was_paid(self) -> None:
        with pytest.raises(NotNow):
            make_claim(tams(paid_order()), words="x", wanted=1, photos=[], now=timezone.now())
        claim = self.make()
        with pytest.raises(NotNow):
            make_claim(claim.seller_order, words="x", wanted=1, photos=[], now=timezone.now())
        withdraw_claim(claim)
        with pytest.raises(TooMuch):
            make_claim(claim.seller_order, words="x", wanted=130_001, photos=[], now=timezone.now())

    def test_the_payout_waits_while_it_is_open(self) -> None:
        HoldRule.objects.create(valid_from="2026-01-01", hours=0)
        claim = self.make()
        later = timezone.now() + HOUR
        assert waiting({claim.seller_order_id}, timezone.now()) == {claim.seller_order_id: None}
        assert payable(anh_tam(), now=later).amount == 0
        refuse_claim(claim, words="không", by=make_staff(), now=claim.answer_by)
        assert payable(anh_tam(), now=later).amount > 0

    def test_above_the_limit_it_waits_for_two_and_is_open_again_when_the_second_says_no(self) -> None:
        claim, second = self.make(price=200_000, wanted=600_000), make_user(is_staff=True)
        refund = grant_claim(claim, goods=600_000, words="hỏng hết", by=make_staff(), now=claim.answer_by)
        assert refund.state == "proposed"
        assert "claim_decided" not in told()
        assert waiting({claim.seller_order_id}, timezone.now())
        assert call_off(refund)
        refund_settled(refund, approved=False)
        claim.refresh_from_db()
        assert claim.state == "answered"
        refund = grant_claim(claim, goods=600_000, words="hỏng hết", by=make_staff(), now=claim.answer_by)
        assert approve_refund(refund, by=second)
        refund_settled(refund, approved=True)
        assert "claim_decided" in told()
        assert not waiting({claim.seller_order_id}, timezone.now())
        assert find_differences() == []

    @pytest.mark.parametrize("before", Claim.State.values)
    @pytest.mark.parametrize("after", Claim.State.values)
    def test_every_pair_of_states_is_possible_or_refused(self, before: str, after: str) -> None:
        claim = self.make()
        refund = grant_claim(claim, goods=1, words="x", by=make_staff(), now=claim.answer_by)
        Claim.objects.filter(pk=claim.pk).update(state=before)
        possible = after in Claim.TRANSITIONS[Claim.State(before)]
        assert Claim.objects.move(claim.pk, after, refund=refund) is possible
        assert Claim.objects.get().state == (after if possible else before)

    def test_the_database_refuses_a_decision_of_nobody(self) -> None:
        claim = self.make()
        with pytest.raises(IntegrityError), transaction.atomic():
            Claim.objects.filter(pk=claim.pk).update(state="refused")


@pytest.mark.parametrize("before", CancellationRequest.State.values)
@pytest.mark.parametrize("after", CancellationRequest.State.values)
def test_every_pair_of_a_requests_states(before: str, after: str) -> None:
    now = timezone.now()
    said = {"answered_by": make_staff(), "answered_at": now}
    request = CancellationRequest.objects.create(
        seller_order=make_order().seller_orders.get(), state=before, answer_by=now, **said
    )
    possible = after in CancellationRequest.TRANSITIONS[CancellationRequest.State(before)]
    assert CancellationRequest.objects.move(request.pk, after, **said) is possible
    assert CancellationRequest.objects.get().state == (after if possible else before)

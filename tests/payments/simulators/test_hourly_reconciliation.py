"""The hourly job next to each pretended company: all that can differ is found, and a person settles it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from marketplace.outbox.delivery import deliver_due
from payments.audit.rails import rails_report_the_same
from payments.desk.models import DeskAction
from payments.ledger.models import Entry
from payments.ledger.postings import money_received
from payments.models import Notification, Payment, Refund
from payments.parcel_refunds import refund_parcel
from payments.reconciliation.models import Finding, Item, Run
from payments.reconciliation.tasks import reconcile
from payments.sending import LOOK_AFTER, look_after
from payments.services import confirm_payment
from tests.factories import FREIGHT
from tests.payments.claims.sold import load_money_rules
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text
from tests.payments.orders import TOTAL, make_order, make_payment, reread
from tests.payments.simulators.gateways import Rail, control, open_rail

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(params=["momo", "vnpay", "zalopay", "stripe"])
def rail(request: pytest.FixtureRequest, live_server: LiveServer, settings: Any) -> Iterator[Rail]:
    with open_rail(request.param, site=live_server.url, settings=settings) as rail:
        yield rail


@pytest.fixture
def stripe(live_server: LiveServer, settings: Any) -> Iterator[Rail]:
    """Where the buyer has paid."""
    load_money_rules()
    with open_rail("stripe", site=live_server.url, settings=settings) as rail:
        control(rail.gateway, f"payments/{rail.payment.reference}/pay")
        yield rail


@transaction.atomic
def we_think_it_is_paid(payment: Payment) -> None:
    money_received(
        payment, rail=payment.provider, amount=TOTAL, key=f"test:{payment.pk}", occurred_at=timezone.now()
    )
    confirm_payment(payment, amount=TOTAL)


def begun(rail: Rail) -> Payment:
    payment = make_payment(make_order(provider=rail.code), provider=rail.code)
    rail.page(payment)
    return payment


def with_every_difference(rail: Rail) -> dict[Finding, Payment]:
    agreed, lost, changed, cancelled, invented = rail.payment, *(begun(rail) for _ in range(4))
    rail.page(agreed)
    control(rail.gateway, f"payments/{agreed.reference}/pay")
    control(rail.gateway, f"payments/{lost.reference}/pay", notify="lost")
    control(rail.gateway, f"payments/{changed.reference}/pay", notify="lost")
    Payment.objects.filter(pk=changed.pk).update(amount=TOTAL + 1_000)
    control(rail.gateway, f"payments/{cancelled.reference}/cancel", notify="lost")
    we_think_it_is_paid(cancelled)
    Payment.objects.filter(pk=invented.pk).update(reference="BPNEVERWAS", provider_reference="")
    we_think_it_is_paid(reread(invented))
    return {
        Finding.MATCH: agreed,
        Finding.MISSING_HERE: lost,
        Finding.AMOUNT_DIFFERS: changed,
        Finding.STATUS_DIFFERS: cancelled,
        Finding.MISSING_THERE: reread(invented),
    }


def test_every_difference_is_found_once_and_settled_by_a_person(rail: Rail) -> None:
    payments = with_every_difference(rail)
    for _hour in range(2):
        reconcile()
    first, second = Run.objects.order_by("pk")
    assert [getattr(first, finding) for finding in payments] == [1, 1, 1, 1, 1]
    assert (first.cured, first.unanswered, first.difference) == (1, 0, TOTAL * 3)
    assert (second.match, second.cured) == (2, 0)
    found = {(item.finding, item.payment) for item in Item.objects.all()}
    assert found == {pair for pair in payments.items() if pair[0] != Finding.MATCH}

    lost = reread(payments[Finding.MISSING_HERE])
    assert (lost.state, lost.received) == ("confirmed", TOTAL)
    assert Entry.objects.filter(kind=Entry.Kind.MONEY_RECEIVED, payment=lost).count() == 1

    desk = signed_in(chi_thu())
    waiting = Item.objects.filter(state=Item.State.OPEN)
    assert waiting.count() == 3
    for item in waiting:
        assert item.reference in text(desk, "desk:reconciliation")
        post(desk, "desk:item_resolve", item.pk, "ghi-chu", words=f"Đã hỏi {rail.code}")
    # money differs and nothing is booked for it: the words of one person settle nothing
    assert len(list(rails_report_the_same())) == waiting.count() == 3
    for item in list(waiting):
        post(signed_in(chi_hoa()), "desk:item_resolve", item.pk, "dong-y")
    assert not list(rails_report_the_same())
    assert set(Item.objects.values_list("state", flat=True)) == {"resolved"}
    diary = DeskAction.objects.filter(kind=DeskAction.Kind.ITEM_RESOLVED, actor=chi_hoa())
    assert {action.order for action in diary} == {
        payments[finding].order for finding in payments if finding not in ("match", "missing_here")
    }


def give_back(payment: Payment, goods: int, shipping: int = 0) -> Refund:
    parcel = payment.order.seller_orders.get()
    amounts = {"goods": goods, "shipping": shipping}
    refund = refund_parcel(parcel, kind=Refund.Kind.LINE, reason="x", key=f"of {goods}", **amounts)
    deliver_due()
    refund.refresh_from_db()
    return refund


@pytest.mark.parametrize("notify", ["lost", "before_return"])
@pytest.mark.parametrize("ours", [0, 10_000])
def test_what_is_given_back_in_the_dashboard_of_stripe_waits_for_a_person(
    stripe: Rail, notify: str, ours: int
) -> None:
    if ours:
        assert give_back(stripe.payment, ours).state == "done"
    control(stripe.gateway, f"payments/{stripe.payment.reference}/reverse", notify=notify)
    reconcile()
    deliver_due()
    run, item = Run.objects.get(), Item.objects.get(run__isnull=False)
    assert (item.state, item.payment) == ("open", stripe.payment)
    assert (item.our_amount, item.their_amount, item.their_state) == (TOTAL, ours, "refunding")
    assert run.difference == TOTAL - ours
    told = Item.objects.filter(run=None, finding=Finding.STATUS_DIFFERS, payment=stripe.payment)
    assert told.count() == Notification.objects.filter(verdict="contradicts").count() == (notify != "lost")


@pytest.fixture
def momo(live_server: LiveServer, settings: Any) -> Iterator[Rail]:
    """Where the buyer has paid."""
    load_money_rules()
    with open_rail("momo", site=live_server.url, settings=settings) as rail:
        rail.page()
        control(rail.gateway, f"payments/{rail.payment.reference}/pay")
        yield rail


def test_what_is_given_back_on_the_pages_of_momo_waits_for_a_person(momo: Rail) -> None:
    """Ours among it: only the rest is by others."""
    assert give_back(momo.payment, 10_000).state == "done"
    control(momo.gateway, f"payments/{momo.payment.reference}/refund", amount=5_000, times=2)
    reconcile()
    run, item = Run.objects.get(), Item.objects.get()
    assert (run.amount_differs, run.difference, item.payment) == (1, 10_000, momo.payment)
    assert (item.our_amount, item.their_amount, item.raw["given_back"]) == (TOTAL, TOTAL - 10_000, 20_000)
    assert reread(momo.payment).state == "confirmed"


def test_more_than_was_paid_is_given_back_there(momo: Rail) -> None:
    reference = momo.payment.reference
    control(momo.gateway, f"payments/{reference}/refund", amount=TOTAL, times=2, over=True)
    reconcile()
    item = Item.objects.get()
    assert (item.our_amount, item.their_amount, item.difference) == (TOTAL, -TOTAL, -2 * TOTAL)
    assert [one.expected for one in rails_report_the_same()] == [-TOTAL]


def test_a_refund_of_ours_that_is_done_twice_there_is_seen(rail: Rail) -> None:
    """By the rails that tell it: VNPAY names one transaction at a time, ZaloPay lists no refunds."""
    load_money_rules()
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay")
    control(rail.gateway, "faults", refund_twice=1)
    assert give_back(rail.payment, 10_000).state in ("done", "in_transit")
    reconcile()
    seen = Item.objects.filter(payment=rail.payment, finding=Finding.AMOUNT_DIFFERS, run__isnull=False)
    assert [item.difference for item in seen] == [-10_000] * (rail.code in ("momo", "stripe"))


def test_a_number_of_momo_used_for_two_payments_counts_each_and_shows_where_a_refund_went(momo: Rail) -> None:
    first, second = reread(momo.payment), begun(momo)
    control(momo.gateway, f"payments/{second.reference}/pay", reference=first.provider_reference)
    second = reread(second)
    assert second.provider_reference == first.provider_reference
    assert (second.state, second.received) == (first.state, first.received) == ("confirmed", TOTAL)
    assert Entry.objects.filter(kind=Entry.Kind.MONEY_RECEIVED).count() == 2
    assert give_back(second, 10_000).state == "done"  # MoMo finds the payment by its number: it is the first
    reconcile()
    item = Item.objects.get()
    assert (item.payment, item.their_amount) == (first, TOTAL - 10_000)


@pytest.mark.parametrize("parts", [[(10_000,)], [(10_000,), (20_000,)], [(TOTAL - FREIGHT, FREIGHT)]])
def test_what_we_give_back_at_stripe_differs_in_nothing(stripe: Rail, parts: list[tuple[int, ...]]) -> None:
    for part in parts:
        assert give_back(stripe.payment, *part).state == "done"
    control(stripe.gateway, "advance", minutes=0)  # it waits until all that is due was told
    told = [bytes(said.body) for said in Notification.objects.filter(verdict="accepted")]
    assert sum(b'"charge.refunded"' in said for said in told) == len(parts)
    reconcile()
    assert Run.objects.get().match == 1 + len(parts)
    assert not Item.objects.exists()


def test_a_refund_that_fails_after_it_was_made_waits_for_a_person(rail: Rail) -> None:
    load_money_rules()
    rail.page()
    control(rail.gateway, f"payments/{rail.payment.reference}/pay")
    refund = give_back(rail.payment, 10_000)
    if refund.state == "in_transit":
        control(rail.gateway, "advance", minutes=24 * 60)
        look_after(timezone.now() + LOOK_AFTER)
    refund.refresh_from_db()
    assert refund.state == "done"
    (charge,) = rail.gateway.get("/control/charges").json()["charges"]
    control(rail.gateway, f"refunds/{charge['refunds'][0]['id']}/failed")
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        reconcile()
    run, item = Run.objects.get(), Item.objects.get()
    assert (run.match, run.status_differs, run.difference) == (1, 1, 10_000)
    assert (item.refund, item.our_amount, item.their_state) == (refund, -10_000, "failed")
    post(signed_in(chi_thu()), "desk:refund_returned", refund.pk, reason="Thẻ đã khóa")
    refund.refresh_from_db()
    assert refund.state == "failed"
    assert not list(rails_report_the_same())

"""What was pressed without a fresh code runs from its own page of the code, once; what cannot is told, and where."""

import time
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from marketplace.accounts.suspended import MOST
from marketplace.order.models import SellerOrder
from marketplace.outbox.models import Job
from payments.claims.models import Claim, ClaimWindow
from payments.desk.models import Correction
from payments.ledger.accounts import of_market
from payments.ledger.models import Account
from payments.reconciliation.models import Item
from tests.payments.claims.sold import paid_order, photo
from tests.payments.desk.people import chi_thu, post, signed_in
from tests.payments.reconciliation.files import applied, bank_csv
from tests.payments.reconciliation.test_missing_there import days_ago
from tests.second_factor import confirm

pytestmark = pytest.mark.django_db
NOT_DONE = "chưa được thực hiện"
RAN_BEFORE = "Lần này không làm gì thêm"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(int(time.time()) // 30 * 30, tick=False) as clock:
        yield clock


@pytest.fixture
def thu(clock: time_machine.Traveller) -> Client:
    """Her code is older than ten minutes."""
    client = signed_in(chi_thu())
    clock.shift(600)
    return client


@pytest.fixture
def job() -> Job:
    parked: Job = Job.objects.create(kind="nobody", key="k1", state=Job.State.PARKED, attempts=8)
    return parked


def state(job: Job) -> str:
    job.refresh_from_db()
    return job.state


def propose(client: Client, memo: str) -> Any:
    sides = {"debit": of_market(Account.Kind.PROVIDER_FEES).pk, "credit": of_market(Account.Kind.BANK).pk}
    return post(client, "desk:correction_propose", **sides, amount=11_000, memo=memo, token=uuid4())


def words(answer: Any) -> list[str]:
    """Said on the page that it led to, which is there."""
    assert answer.status_code == 200
    return [str(message) for message in answer.context["messages"]]


class TestTwoTabs:
    @pytest.mark.parametrize("first", [0, 1])
    def test_each_runs_its_own_act_in_any_order(self, thu: Client, job: Job, first: int) -> None:
        applied(bank_csv(f"{days_ago(9)};FT1;11.000;;phi thang 11"))
        item = Item.objects.get()
        asked = [
            post(thu, "desk:job_retry", job.pk),
            post(thu, "desk:item_resolve", item.pk, "phi-ngan-hang"),
        ]
        done = [lambda: state(job) == Job.State.NEW, lambda: not Item.objects.get().is_open]
        for step, tab in enumerate((first, 1 - first)):
            assert not done[tab]()
            confirm(thu, asked[tab], step)
            assert done[tab]()

    def test_each_runs_what_was_typed_in_it_at_the_same_address_too(self, thu: Client) -> None:
        asked = [propose(thu, memo) for memo in ("một", "hai")]
        for step, (tab, memo) in enumerate(zip(asked, ("một", "hai"), strict=True)):
            confirm(thu, tab, step)
            assert Correction.objects.latest("pk").memo == memo
        assert Correction.objects.count() == 2


class TestWhatCannotBeResumed:
    def test_ran_before_from_the_same_page_of_the_code(self, thu: Client, job: Job) -> None:
        asked = post(thu, "desk:job_retry", job.pk)
        confirm(thu, asked)
        Job.objects.update(state=Job.State.PARKED)
        again = confirm(thu, asked, 1, follow=True)
        assert again.redirect_chain == [(reverse("desk:jobs"), 302)]
        assert [RAN_BEFORE in said for said in words(again)][-1:] == [True]
        assert state(job) == Job.State.PARKED

    def test_was_followed_by_too_many_others(self, thu: Client, job: Job) -> None:
        first, *others = [post(thu, "desk:job_retry", job.pk) for _ in range(MOST + 1)]
        lost = confirm(thu, first, follow=True)
        assert lost.redirect_chain == [(reverse("desk:jobs"), 302)]
        assert [NOT_DONE in said for said in words(lost)] == [True]
        assert state(job) == Job.State.PARKED
        confirm(thu, others[0], 1)
        assert state(job) == Job.State.NEW

    def test_came_with_a_photo(self, thu: Client) -> None:
        ClaimWindow.objects.create(valid_from="2026-01-01", hours=48, answer_hours=24, decide_hours=72)
        parcel: SellerOrder = paid_order(to="delivered").seller_orders.first()
        said = {"words": "Ba gói bị dập nát.", "wanted": "9.000"}
        picture = SimpleUploadedFile("hong.jpg", photo().getvalue())
        lost = confirm(thu, post(thu, "desk:claim_write", parcel.number, **said, photos=picture), follow=True)
        assert lost.redirect_chain == [(reverse("desk:claim_write", args=[parcel.number]), 302)]
        assert [NOT_DONE in said for said in words(lost)] == [True]
        assert not Claim.objects.exists()


def test_a_form_that_is_refused_after_the_code_is_sent_to_its_own_address_again(thu: Client) -> None:
    parcel: SellerOrder = paid_order().seller_orders.first()
    address = reverse("desk:parcel_refund", args=[parcel.number])
    refused = confirm(thu, thu.post(address, {"goods": "10.000", "reason": "x"}))
    assert refused.status_code == 422
    assert f'action="{address}"' in refused.content.decode()


@pytest.mark.parametrize(
    ("address", "page"),
    [
        ("/ban-tien/viec-ket/7/lam-lai/", "/ban-tien/viec-ket/"),
        ("/ban-tien/cong-tra/vnpay/", "/ban-tien/"),
        ("/ban-tien/but-toan/de-nghi/", "/ban-tien/but-toan/"),
        ("/ban-tien/but-toan/so-cai/7/lay-lai/", "/ban-tien/but-toan/so-cai/"),
        ("/ban-tien/hoan-tien/7/da-tra/", "/ban-tien/hoan-tien/"),
        ("/ban-tien/khieu-nai/huy/7/", "/ban-tien/khieu-nai/"),
        ("/ban-tien/doi-soat/sao-ke/nop/", "/ban-tien/doi-soat/sao-ke/"),
        ("/ban-tien/chi-tra/khoan/CT1N1/ket-qua/", "/ban-tien/chi-tra/"),
    ],
)
def test_the_address_of_an_act_leads_to_the_page_above(address: str, page: str) -> None:
    answer = signed_in(chi_thu()).get(address, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert len(words(answer)) == 1


def test_the_page_above_an_act_on_a_difference_is_that_difference() -> None:
    applied(bank_csv(f"{days_ago(9)};FT1;11.000;;phi thang 11"))
    page = reverse("desk:item", args=[Item.objects.get().pk])
    answer = signed_in(chi_thu()).get(f"{page}khop/", follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert NOT_DONE in words(answer)[0]

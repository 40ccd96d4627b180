"""The seller's list of payouts, and the money desk's pages from a batch to the bank's answer."""

from typing import Any
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.outbox.delivery import deliver_due
from payments.desk.models import DeskAction
from payments.payouts.models import Payout, PayoutBatch
from payments.payouts.services import cancel_batch
from payments.payouts.settling import mark_returned
from tests.factories import chi_lan, make_user
from tests.payments.desk.people import text
from tests.payments.payouts.farms import (
    NOW,
    approved,
    approver,
    arrived,
    filled,
    hold,
    make_seller,
    maker,
    sent,
)
from tests.second_factor import pass_second_factor

pytestmark = pytest.mark.django_db
State = PayoutBatch.State


@pytest.fixture(autouse=True)
def _rules() -> None:
    hold()


@pytest.fixture
def farm() -> Any:
    return make_seller("HTX Tiêu Lộc Ninh", owner=make_user("+84912000061", "Chị Chủ"))


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    if person.is_staff:
        pass_second_factor(client, person)
    return client


class TestTheSeller:
    def test_sees_what_was_sent_and_which_parcels_it_pays_for(self, farm: Any) -> None:
        parcel = arrived(farm, 1_000_000)
        payout = sent().payouts.get()
        page = text(signed_in(farm.members.get().user), "workspace:payouts")
        assert payout.reference in page and parcel.number in page

    def test_hears_what_to_do_when_it_came_back(self, farm: Any) -> None:
        arrived(farm)
        mark_returned(sent().payouts.get(), reason="Sai tên", now=NOW)
        assert "Ngân hàng trả lại" in text(signed_in(farm.members.get().user), "workspace:payouts")

    def test_does_not_see_what_is_not_sent_or_is_anothers(self, farm: Any) -> None:
        arrived(make_seller())
        sent()
        arrived(farm)
        filled()
        page = text(signed_in(farm.members.get().user), "workspace:payouts")
        assert not any(reference in page for reference in Payout.objects.values_list("reference", flat=True))

    def test_gets_the_years_certificate_of_tax_as_a_pdf(self, farm: Any) -> None:
        client = signed_in(farm.members.get().user)
        arrived(farm)
        address = reverse("workspace:tax_certificate", args=[timezone.localdate().year])
        assert address in text(client, "workspace:money")
        assert client.get(address).content.startswith(b"%PDF")
        assert client.get(reverse("workspace:tax_certificate", args=[99999])).status_code == 404


class TestTheAdmin:
    @pytest.fixture
    def chief(self) -> Client:
        return signed_in(make_user("+84912000078", "Quản Trị", is_staff=True, is_superuser=True))

    @pytest.mark.parametrize("model", ["holdrule", "payoutaccount", "payout"])
    def test_shows_every_table(self, chief: Client, farm: Any, model: str) -> None:
        arrived(farm)
        sent()
        assert chief.get(f"/admin/payouts/{model}/").status_code == 200

    def test_lets_nobody_turn_money_to_another_account(self, chief: Client, farm: Any) -> None:
        account = farm.payout_accounts.get()
        answer = chief.post(f"/admin/payouts/payoutaccount/{account.pk}/change/", {"number": "99999999"})
        assert answer.status_code == 403


class TestTheDesk:
    def test_leads_from_what_is_due_to_the_files(self, farm: Any) -> None:
        arrived(farm)
        first, second = signed_in(maker()), signed_in(approver())
        first.post(reverse("desk:payout_batch_make"), {"token": str(uuid4())})
        deliver_due()
        batch = PayoutBatch.objects.get()
        second.post(reverse("desk:payout_batch_approve", args=[batch.pk]), {"total": batch.total})
        assert first.get(reverse("desk:payout_file", args=[batch.pk, "xml"])).status_code == 404
        first.post(reverse("desk:payout_batch_send", args=[batch.pk]))
        batch.refresh_from_db()
        assert batch.state == State.SENT
        told = DeskAction.objects.order_by("pk").values_list("kind", "actor", "subject", "amount")
        assert list(told) == [
            ("batch_made", maker().pk, batch.reference, None),
            ("batch_approved", approver().pk, batch.reference, batch.total),
            ("batch_sent", maker().pk, batch.reference, batch.total),
        ]
        for form, start in (("xml", b"<?xml"), ("xlsx", b"PK")):
            answer = first.get(reverse("desk:payout_file", args=[batch.pk, form]))
            assert answer.content.startswith(start)
            assert answer.content == bytes(batch.files.get(form=form).content)

    def test_does_not_let_the_maker_approve(self, farm: Any) -> None:
        arrived(farm)
        batch, client = filled(), signed_in(maker())
        assert reverse("desk:payout_batch_approve", args=[batch.pk]) not in text(
            client, "desk:payout_batch", batch.pk
        )
        client.post(reverse("desk:payout_batch_approve", args=[batch.pk]), {"total": batch.total})
        batch.refresh_from_db()
        assert batch.state == State.READY

    def test_says_so_when_the_total_did_not_come(self, farm: Any) -> None:
        arrived(farm)
        batch = filled()
        approve = reverse("desk:payout_batch_approve", args=[batch.pk])
        answer = signed_in(approver()).post(approve, {"total": "x"}, follow=True)
        assert "Chưa duyệt gì" in answer.content.decode()
        assert PayoutBatch.objects.get().state == State.READY

    def test_cancels_what_was_not_sent(self, farm: Any) -> None:
        arrived(farm)
        batch = approved()
        signed_in(maker()).post(reverse("desk:payout_batch_cancel", args=[batch.pk]))
        batch.refresh_from_db()
        assert batch.state == State.CANCELLED
        action = DeskAction.objects.get()
        assert (action.kind, action.actor, action.amount) == ("batch_cancelled", maker(), batch.total)

    def test_says_so_when_somebody_was_faster(self, farm: Any) -> None:
        arrived(farm)
        batch, client = sent(), signed_in(maker())
        answer = client.post(reverse("desk:payout_batch_cancel", args=[batch.pk]), follow=True)
        assert "đã gửi ngân hàng" in answer.content.decode()

    def test_shows_a_code_for_what_is_on_its_way_only(self, farm: Any) -> None:
        arrived(farm)
        batch = approved()
        payout = batch.payouts.get()
        code = reverse("desk:payout_code", args=[payout.reference])
        client = signed_in(maker())
        assert client.get(code).status_code == 404
        client.post(reverse("desk:payout_batch_send", args=[batch.pk]))
        assert code in text(client, "desk:payout_codes", batch.pk)
        assert client.get(code)["Content-Type"] == "image/svg+xml"
        mark_returned(payout, reason="x", now=NOW)
        assert client.get(code).status_code == 404

    def test_settles_one_payout_by_hand(self, farm: Any) -> None:
        arrived(farm)
        payout, client = sent().payouts.get(), signed_in(maker())
        settle = reverse("desk:payout_settle", args=[payout.reference])
        client.post(settle, {"outcome": "paid", "note": ""})
        assert Payout.objects.get().state == Payout.State.SENT
        client.post(settle, {"outcome": "paid", "note": "FT2611"})
        payout.refresh_from_db()
        assert (payout.state, payout.bank_reference) == (Payout.State.PAID, "FT2611")
        client.post(settle, {"outcome": "returned", "note": "Sai tên"})
        client.post(settle, {"outcome": "returned", "note": "Sai tên"})
        told = DeskAction.objects.order_by("pk").values_list("kind", "subject", "note", "amount")
        assert list(told) == [
            ("payout_arrived", payout.reference, "FT2611", payout.amount),
            ("payout_returned", payout.reference, "Sai tên", payout.amount),
        ]

    def test_brings_in_the_banks_file_and_shows_the_wrong_rows(self, farm: Any) -> None:
        arrived(farm)
        payout, client = sent().payouts.get(), signed_in(maker())
        body = f"reference,status\n{payout.reference},paid\nCT0N0,paid\n".encode()
        for _ in range(2):
            answer = client.post(
                reverse("desk:payout_results"), {"file": SimpleUploadedFile("kq.csv", body)}, follow=True
            )
        payout.refresh_from_db()
        assert payout.state == Payout.State.PAID
        assert "CT0N0" in answer.content.decode()
        action = DeskAction.objects.get()
        assert (action.kind, action.actor, action.subject) == ("results_read", maker(), "kq.csv")

    def test_makes_one_batch_however_often_one_form_is_pressed(self, farm: Any) -> None:
        arrived(farm)
        client = signed_in(maker())
        form = client.get(reverse("desk:payout_batches")).context["make"]
        answers = [
            client.post(reverse("desk:payout_batch_make"), {"token": form["token"].value()}, follow=True)
            for _ in range(2)
        ]
        deliver_due()
        batch = PayoutBatch.objects.get()
        assert (batch.state, batch.payouts_count) == (State.READY, 1)
        assert DeskAction.objects.filter(kind="batch_made").count() == 1
        said = [[str(message) for message in answer.context["messages"]] for answer in answers]
        assert "Đang lập đợt chi" in said[0][0]
        assert "bấm hai lần" in said[1][0]

    def test_says_why_an_empty_batch_is_cancelled(self, farm: Any) -> None:
        client = signed_in(maker())
        empty = client.get(reverse("desk:payout_batch", args=[filled().pk])).content.decode()
        assert "không chi cho ai" in empty
        arrived(farm)
        batch = filled()
        cancel_batch(batch)
        assert (
            "không chi cho ai"
            not in client.get(reverse("desk:payout_batch", args=[batch.pk])).content.decode()
        )

    def test_makes_no_batch_without_the_form(self, farm: Any) -> None:
        arrived(farm)
        answer = signed_in(maker()).post(reverse("desk:payout_batch_make"), follow=True)
        assert "bấm nút lại" in str(next(iter(answer.context["messages"])))
        assert not PayoutBatch.objects.exists()

    def test_refuses_a_file_that_is_no_table(self) -> None:
        answer = signed_in(maker()).post(
            reverse("desk:payout_results"), {"file": SimpleUploadedFile("x.csv", b"\xff\xfe")}
        )
        assert answer.context["form"].errors["file"]

    def test_lets_no_buyer_in(self) -> None:
        client = signed_in(chi_lan())
        assert client.get(reverse("desk:payout_batches")).status_code == 403
        assert client.post(reverse("desk:payout_batch_make")).status_code == 403
        assert not PayoutBatch.objects.exists()

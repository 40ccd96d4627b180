"""An action of the money desk waits for a fresh code of the app, and then runs once."""

import time
from collections.abc import Iterator

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from payments.payouts.models import PayoutBatch
from tests.factories import make_user
from tests.payments.payouts.farms import approver, arrived, filled, hold, make_seller
from tests.second_factor import ASK, code_of_app, confirm, sign_in_staff

pytestmark = pytest.mark.django_db
State = PayoutBatch.State


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(int(time.time()) // 30 * 30, tick=False) as clock:
        yield clock


@pytest.fixture
def client(client: Client, clock: time_machine.Traveller) -> Client:
    return sign_in_staff(client, approver())


@pytest.fixture
def batch() -> PayoutBatch:
    hold()
    arrived(make_seller("HTX Tiêu Lộc Ninh", owner=make_user("+84912000061", "Chị Chủ")))
    return filled()


def test_a_code_of_the_last_ten_minutes_is_enough(
    client: Client, batch: PayoutBatch, clock: time_machine.Traveller
) -> None:
    clock.shift(599)
    client.post(reverse("desk:payout_batch_approve", args=[batch.pk]), {"total": batch.total})
    batch.refresh_from_db()
    assert batch.state == State.APPROVED


def test_an_approval_waits_for_the_code_and_goes_through_once(
    client: Client, batch: PayoutBatch, clock: time_machine.Traveller
) -> None:
    clock.shift(600)
    approve = reverse("desk:payout_batch_approve", args=[batch.pk])
    asked = client.post(approve, {"total": batch.total})
    batch.refresh_from_db()
    assert batch.state == State.READY
    answer = confirm(client, asked)
    assert answer["Location"] == reverse("desk:payout_batch", args=[batch.pk])
    batch.refresh_from_db()
    assert batch.state == State.APPROVED
    PayoutBatch.objects.filter(pk=batch.pk).update(state=State.READY, approved_by=None, approved_at=None)
    confirm(client, asked, 1)
    batch.refresh_from_db()
    assert batch.state == State.READY


def test_a_wrong_code_leaves_the_approval_waiting(
    client: Client, batch: PayoutBatch, clock: time_machine.Traveller
) -> None:
    clock.shift(600)
    approve = reverse("desk:payout_batch_approve", args=[batch.pk])
    client.post(approve, {"total": batch.total})
    assert client.post(ASK, {"code": "12345", "next": approve}).status_code == 200
    batch.refresh_from_db()
    assert batch.state == State.READY


def test_the_banks_file_is_asked_for_after_the_code(client: Client, clock: time_machine.Traveller) -> None:
    clock.shift(600)
    upload = reverse("desk:payout_results")
    assert client.get(upload)["Location"].startswith(ASK)
    client.post(ASK, {"code": code_of_app(), "next": upload})
    assert client.get(upload).status_code == 200
    answer = client.post(upload, {"file": SimpleUploadedFile("kq.csv", b"x")})
    assert not answer.get("Location", "").startswith(ASK)

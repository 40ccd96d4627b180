"""Staff look at money in the admin, and change none of it there."""

from typing import Any

import pytest
from django.test import Client

from payments.models import Notification, Transfer
from payments.notifications import settle
from tests.factories import make_user
from tests.payments.orders import TOTAL, bank_says, make_payment, notify
from tests.second_factor import sign_in_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client: Client) -> Client:
    sign_in_staff(client, make_user("+84912000077", "Người Giữ Tiền", is_staff=True, is_superuser=True))
    return client


def transfer_of(client: Client, memo: str, **changes: Any) -> Transfer:
    assert notify(client, bank_says(memo, **changes)).status_code == 200
    settle({"notification": Notification.objects.latest("pk").pk})
    return Transfer.objects.latest("pk")


def path(row: Any) -> str:
    return f"/admin/payments/{row._meta.model_name}/{row.pk}/change/"


def test_every_row_can_be_looked_at_and_none_made_or_deleted(desk: Client) -> None:
    payment = make_payment()
    transfer = transfer_of(desk, payment.reference, transferAmount=TOTAL + 1)
    for row in (payment, transfer, transfer.notification, transfer.refund):
        name = row._meta.model_name
        assert desk.get(f"/admin/payments/{name}/").status_code == 200
        assert desk.get(path(row)).status_code == 200
        assert desk.get(f"/admin/payments/{name}/add/").status_code == 403
        assert desk.post(f"/admin/payments/{name}/{row.pk}/delete/", {"post": "yes"}).status_code == 403


def test_money_itself_cannot_be_edited(desk: Client) -> None:
    transfer = transfer_of(desk, make_payment().reference, transferAmount=TOTAL + 1)
    said = {"resolution": "x", "provider_reference": "FT1", "state": "done", "amount": 1}
    for row in (transfer, transfer.refund, transfer.payment, transfer.notification):
        assert desk.post(path(row), said).status_code == 403
    transfer.refund.refresh_from_db()
    assert transfer.refund.state == "created"


def test_the_raw_notification_is_readable(desk: Client) -> None:
    transfer = transfer_of(desk, "tra tien hat dieu")
    assert "tra tien hat dieu" in desk.get(path(transfer.notification)).content.decode()


def test_the_queue_holds_what_waits_for_a_person(desk: Client) -> None:
    waits = transfer_of(desk, "khong co ma")
    transfer_of(desk, make_payment().reference)
    page = desk.get("/admin/payments/transfer/?to_settle=1").content.decode()
    assert path(waits) in page
    assert page.count("/change/?_changelist_filters") == 1

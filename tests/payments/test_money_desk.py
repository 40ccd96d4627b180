"""Staff settle what only a person can, in the admin."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client

from payments.models import Notification, Payment, Refund, Transfer
from payments.notifications import settle
from payments.refunds import complete_refund, resolve_transfer
from tests.factories import chi_lan, make_user
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


def test_money_itself_cannot_be_edited() -> None:
    for model, writable in [
        (Payment, set()),
        (Notification, set()),
        (Transfer, {"resolution"}),
        (Refund, {"provider_reference"}),
    ]:
        shown = admin.site.get_model_admin(model).get_readonly_fields(None)
        assert {field.name for field in model._meta.fields} - set(shown) == writable


def test_the_raw_notification_is_readable(desk: Client) -> None:
    transfer = transfer_of(desk, "tra tien hat dieu")
    assert "tra tien hat dieu" in desk.get(path(transfer.notification)).content.decode()


def test_the_queue_holds_what_waits_for_a_person(desk: Client) -> None:
    waits = transfer_of(desk, "khong co ma")
    transfer_of(desk, make_payment().reference)
    page = desk.get("/admin/payments/transfer/?to_settle=1").content.decode()
    assert path(waits) in page
    assert page.count("/change/?_changelist_filters") == 1


def test_a_word_settles_an_unknown_transfer_once(desk: Client) -> None:
    transfer = transfer_of(desk, "khong co ma")
    desk.post(path(transfer), {"resolution": "Đã trả lại người gửi"})
    transfer.refresh_from_db()
    assert transfer.resolved_at is not None
    assert transfer.resolved_by is not None
    assert not resolve_transfer(transfer, resolution="lần nữa", by=chi_lan())
    assert not Transfer.objects.to_settle().exists()


def test_the_banks_reference_completes_a_refund_and_its_transfer(desk: Client) -> None:
    transfer = transfer_of(desk, make_payment().reference, transferAmount=TOTAL + 5_000)
    desk.post(path(transfer.refund), {"provider_reference": "FT777"})
    transfer.refresh_from_db()
    assert (transfer.refund.state, transfer.refund.provider_reference) == ("done", "FT777")
    assert "FT777" in transfer.resolution
    assert not complete_refund(transfer.refund, bank_reference="FT778", by=chi_lan())


def test_without_the_banks_reference_a_refund_stays_open(desk: Client) -> None:
    transfer = transfer_of(desk, make_payment().reference, transferAmount=TOTAL + 5_000)
    desk.post(path(transfer.refund), {"provider_reference": ""})
    transfer.refund.refresh_from_db()
    assert transfer.refund.state == "created"

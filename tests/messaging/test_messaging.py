"""Messages are told once, by every channel that reaches the person, and codes never rest in the database."""

from typing import Any

import pytest
from django.core import mail
from django.db import transaction

from marketplace.messaging import codes
from marketplace.messaging.models import Message
from marketplace.messaging.services import tell, tell_code
from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import Job

CONTEXT = {"number": "1234567890", "url": "http://cho.test/don-hang/1234567890/", "total": "165.000 ₫"}


def say(**kwargs: Any) -> None:
    with transaction.atomic():
        tell("order_placed", key="order_placed:1", context=CONTEXT, **kwargs)


@pytest.mark.django_db
def test_an_email_address_gets_the_message_once() -> None:
    say(phone="+84912000001", email="lan@cho.test")
    say(phone="+84912000001", email="lan@cho.test")
    deliver_due()
    deliver_due()
    assert [message.to for message in mail.outbox] == [["lan@cho.test"]]
    assert "1234567890" in mail.outbox[0].body
    assert Message.objects.get().state == Message.State.SENT


@pytest.mark.django_db
def test_a_message_that_reaches_nobody_is_marked() -> None:
    say()
    deliver_due()
    assert Message.objects.get().state == Message.State.FAILED


@pytest.mark.django_db
def test_a_login_code_is_shown_in_a_demo_and_kept_nowhere_else(settings: Any) -> None:
    tell_code("+84912000001", "123456")
    assert codes.recent() == [("+84912000001", "123456")]
    assert not Message.objects.exists() and not Job.objects.exists()


def test_outside_a_demo_a_login_code_is_kept_nowhere(settings: Any) -> None:
    settings.DEMO = False
    tell_code("+84912000001", "123456")
    assert codes.recent() == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("number", "said"),
    [("EB1234", "Đơn vị giao: Xe khách, mã vận đơn EB1234. Theo"), ("", "Đơn vị giao: Xe khách. Theo")],
)
def test_a_parcel_that_goes_by_coach_or_by_the_farm_has_no_number_to_speak_of(number: str, said: str) -> None:
    context = CONTEXT | {"seller": "Vườn Anh Tám", "carrier": "Xe khách", "tracking_number": number}
    with transaction.atomic():
        tell("parcel_shipped", key="parcel_shipped:1", context=context, phone="", email="lan@cho.test")
    deliver_due()
    assert said in mail.outbox[0].body


@pytest.mark.django_db
def test_a_name_is_written_as_it_is_spelt() -> None:
    """Text is not HTML: no "&amp;" in an SMS, neither from a variable nor inside a translated sentence."""
    context = CONTEXT | {"seller": "HTX Vườn Đồng & Bạn", "words": "Hết <hàng> 'loại 1'"}
    with transaction.atomic():
        tell("cancellation_refused", key="cancellation_refused:1", context=context, email="lan@cho.test")
    deliver_due()
    assert "HTX Vườn Đồng & Bạn" in mail.outbox[0].body
    assert "Hết <hàng> 'loại 1'" in mail.outbox[0].body
    assert "&" not in mail.outbox[0].body.replace("Đồng & Bạn", "")

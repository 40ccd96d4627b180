"""Who lost the phone with the app is helped by another person of the staff, with a trace and a word."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.test import Client

from marketplace.accounts.models import User
from marketplace.messaging.models import Message
from tests.factories import make_staff, make_user
from tests.second_factor import give_app, sign_in_staff

pytestmark = pytest.mark.django_db
LIST = "/admin/accounts/user/"


@pytest.fixture
def helper() -> User:
    person = make_staff()
    person.is_superuser = True
    person.save()
    return person


@pytest.fixture
def desk(client: Client, helper: User) -> Client:
    return sign_in_staff(client, helper)


def with_app(phone: str = "+84912000091", **fields: object) -> User:
    person = make_user(phone, "Chị Mai", is_staff=True, **fields)
    give_app(person)
    return person


def take_away(desk: Client, *people: User) -> str:
    chosen = {"action": "take_app_away", "_selected_action": [person.pk for person in people]}
    return desk.post(LIST, chosen, follow=True).content.decode()


def test_a_new_app_is_set_up_at_the_next_visit(desk: Client) -> None:
    mai = with_app()
    hers = sign_in_staff(Client(), mai)
    assert hers.get("/ban-tien/").status_code == 200
    assert "cài ứng dụng mới" in take_away(desk, mai)
    assert hers.get("/ban-tien/")["Location"].endswith("/hai-lop/bat/")
    assert LogEntry.objects.get(object_id=str(mai.pk)).change_message == "authenticator app taken away"
    assert Message.objects.get(kind="app_taken_away").phone == mai.phone


def test_nobody_helps_themselves_or_several_at_once(desk: Client, helper: User) -> None:
    mai, nam = with_app(), with_app("+84912000092")
    assert "Hãy chọn một người" in take_away(desk, mai, nam)
    take_away(desk, helper)
    assert Authenticator.objects.filter(user__in=[mai, nam, helper]).count() >= 3
    assert not Message.objects.filter(kind="app_taken_away").exists()


def test_only_a_superuser_helps_a_superuser(desk: Client, helper: User) -> None:
    from django.contrib.auth.models import Permission

    mai = with_app(is_superuser=True)
    helper.is_superuser = False
    helper.save()
    helper.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    take_away(desk, mai)
    assert Authenticator.objects.filter(user=mai).exists()


def test_who_has_none_is_said(desk: Client) -> None:
    mai = make_user("+84912000091", "Chị Mai", is_staff=True)
    assert "chưa có ứng dụng" in take_away(desk, mai)

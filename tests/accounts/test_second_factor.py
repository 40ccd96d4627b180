"""Staff pages open with a code of the authenticator app only, and what is delicate asks for a fresh one."""

import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import translation

from marketplace.accounts.models import User
from marketplace.messaging import codes
from tests.factories import chi_lan, make_staff, make_user
from tests.second_factor import ASK, SECRET, code_of_app, confirm, give_app, sign_in_staff

pytestmark = pytest.mark.django_db
ACTIVATE = "/tai-khoan/hai-lop/bat/"
SIGN_IN = "/tai-khoan/hai-lop/dang-nhap/"
RECOVERY = "/tai-khoan/hai-lop/ma-du-phong/"
DESK = "/ban-tien/chi-tra/"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(int(time.time()) // 30 * 30, tick=False) as clock:
        yield clock


@pytest.fixture
def staff(client: Client) -> Client:
    """Signed in by phone, app set up, not passed."""
    give_app(make_staff())
    client.force_login(make_staff())
    return client


def answer(client: Client, code: str, address: str = ASK) -> HttpResponse:
    response: HttpResponse = client.post(address, {"code": code, "next": DESK})
    return response


class TestStaffPages:
    @pytest.mark.parametrize("place", ["/admin/", "/cms/", DESK, "/en/ban-tien/chi-tra/", "/ban-tien/"])
    def test_lead_to_setting_up_an_app_first(self, client: Client, place: str) -> None:
        client.force_login(make_staff())
        assert client.get(place)["Location"].endswith("/hai-lop/bat/")

    def test_ask_for_the_code_of_the_app_and_come_back(self, staff: Client) -> None:
        response = staff.get(DESK + "?trang=2")
        assert response["Location"] == f"{ASK}?next=%2Fban-tien%2Fchi-tra%2F%3Ftrang%3D2"
        assert answer(staff, code_of_app())["Location"] == DESK
        assert staff.get(DESK).status_code == 200

    def test_let_nothing_be_posted_without_it(self, staff: Client) -> None:
        response = staff.post("/admin/accounts/user/add/", {"phone": "0912000055"})
        assert response["Location"].startswith(ASK)
        assert not User.objects.filter(phone="+84912000055").exists()

    @pytest.mark.parametrize(
        ("place", "words"),
        [("/admin/", "chưa được thực hiện"), ("/en/ban-tien/", "What you pressed was not carried out")],
    )
    def test_say_that_what_was_posted_is_not_done_and_lead_to_their_first_page(
        self, staff: Client, place: str, words: str
    ) -> None:
        with translation.override("vi"):  # what the last answer spoke stays otherwise
            asked = staff.post(f"{place}viec-ket/7/lam-lai/")
            assert words in staff.get(asked["Location"]).content.decode()
            assert confirm(staff, asked)["Location"] == place

    def test_ask_again_after_eight_hours(self, client: Client, clock: time_machine.Traveller) -> None:
        sign_in_staff(client, make_staff())
        for _ in range(19):
            clock.shift(25 * 60)
            assert client.get(DESK).status_code == 200
        clock.shift(25 * 60)
        assert client.get(DESK)["Location"].startswith(ASK)

    def test_sign_out_who_was_away_for_half_an_hour(
        self, client: Client, clock: time_machine.Traveller
    ) -> None:
        sign_in_staff(client, make_staff())
        assert client.get(DESK).status_code == 200
        clock.shift(31 * 60)
        cache.delete(client.session.cache_key)  # Valkey forgets it by its own clock
        assert client.get(DESK)["Location"].startswith("/tai-khoan/dang-nhap/")

    def test_leave_others_to_the_pages_own_refusal(self, client: Client) -> None:
        client.force_login(chi_lan())
        assert client.get(DESK).status_code == 403
        assert client.get("/").status_code == 200
        assert Client().get(DESK)["Location"].startswith("/tai-khoan/dang-nhap/")

    def test_close_again_when_the_app_is_removed(self, client: Client) -> None:
        sign_in_staff(client, make_staff())
        client.post(reverse("mfa_deactivate_totp"))
        assert not Authenticator.objects.exists()
        assert client.get(DESK)["Location"] == ACTIVATE


class TestSettingUp:
    def test_shows_the_key_and_then_the_recovery_codes(self, client: Client) -> None:
        client.force_login(make_staff())
        page = client.get(ACTIVATE)
        secret = page.context["form"].secret
        assert secret in page.content.decode()
        assert 'src="data:image/svg+xml;base64,' in page.content.decode()
        code = code_of_app(secret=secret)
        assert client.post(ACTIVATE, {"code": code})["Location"] == RECOVERY
        assert client.get(RECOVERY)["Location"] == f"{ASK}?next={RECOVERY.replace('/', '%2F')}"
        assert client.post(ASK, {"code": code, "next": RECOVERY})["Location"] == RECOVERY
        assert len(re.findall(r"<strong>\d{8}</strong>", client.get(RECOVERY).content.decode())) == 10
        assert client.get(DESK).status_code == 200

    def test_takes_no_wrong_code(self, client: Client) -> None:
        client.force_login(make_staff())
        client.get(ACTIVATE)
        assert client.post(ACTIVATE, {"code": "12345"}).context["form"].errors["code"]
        assert not Authenticator.objects.exists()

    def test_is_for_staff(self, client: Client) -> None:
        client.force_login(chi_lan())
        assert client.get(ACTIVATE).status_code == 403


class TestSigningIn:
    def by_phone(self, client: Client) -> HttpResponse:
        client.post("/tai-khoan/dang-nhap/", {"phone": make_staff().phone})
        response: HttpResponse = client.post("/tai-khoan/ma/", {"code": codes.recent()[0][1]})
        return response

    def test_takes_the_phone_and_the_app(self, client: Client) -> None:
        give_app(make_staff())
        assert self.by_phone(client)["Location"] == SIGN_IN
        assert "_auth_user_id" not in client.session
        response = answer(client, code_of_app(), SIGN_IN)
        assert response.status_code == 302
        assert "who" in response.cookies
        assert client.get(DESK).status_code == 200

    def test_refuses_to_go_on_guessing(self, client: Client) -> None:
        give_app(make_staff())
        self.by_phone(client)
        for _ in range(5):
            answer(client, "12345", SIGN_IN)
        refused = answer(client, code_of_app(), SIGN_IN)
        assert "5 phút" in str(refused.context["form"].errors)
        assert "_auth_user_id" not in client.session

    def test_takes_a_recovery_code_once(self, staff: Client) -> None:
        sign_in_staff(staff, make_staff())
        staff.post(reverse("mfa_generate_recovery_codes"))
        [code, *others] = staff.get(RECOVERY).context["unused_codes"]
        for client, location in ((Client(), DESK), (Client(), None)):
            client.force_login(make_staff())
            assert answer(client, code).headers.get("Location") == location
        assert staff.get(RECOVERY).context["unused_codes"] == others

    def test_takes_no_code_again_while_it_could_still_be_right(
        self, staff: Client, clock: time_machine.Traveller
    ) -> None:
        code = code_of_app()
        assert staff.post(ASK, {"code": code}).status_code == 302
        clock.shift(31)
        assert staff.post(ASK, {"code": code}).status_code == 200
        assert staff.post(ASK, {"code": code_of_app()}).status_code == 302

    def test_takes_a_code_of_the_app_once(self, staff: Client) -> None:
        code = code_of_app()
        assert answer(staff, code).status_code == 302
        assert answer(staff, code).context["form"].errors["code"]


class TestWhatIsDelicate:
    @pytest.fixture
    def chief(self, client: Client, clock: time_machine.Traveller) -> Client:
        boss = make_user("+84912000078", "Quản Trị", is_staff=True, is_superuser=True)
        sign_in_staff(client, boss)
        clock.shift(10 * 60)
        return client

    def test_waits_in_the_admin_for_a_fresh_code_and_then_happens(self, chief: Client) -> None:
        address = f"/admin/accounts/user/{chi_lan().pk}/change/"
        form = {"phone": chi_lan().phone, "full_name": "Chị Lan Mới", "is_active": "on", "email": ""}
        assert chief.get(address).status_code == 200
        asked = chief.post(address, form)
        assert chi_lan().full_name != "Chị Lan Mới"
        confirm(chief, asked)
        assert User.objects.get(phone=chi_lan().phone).full_name == "Chị Lan Mới"

    def test_of_two_tabs_in_the_admin_happens_in_each(self, chief: Client) -> None:
        people = (chi_lan(), make_staff())
        form = {"full_name": "Tên Mới", "is_active": "on", "email": ""}
        asked = [
            chief.post(f"/admin/accounts/user/{person.pk}/change/", {"phone": person.phone, **form})
            for person in people
        ]
        for step, tab in enumerate(asked):
            confirm(chief, tab, step)
            assert User.objects.filter(full_name="Tên Mới").count() == step + 1

    def test_the_keys_are_on_no_page_of_the_admin(self, chief: Client) -> None:
        assert chief.get("/admin/mfa/authenticator/").status_code == 404


def test_the_demo_shows_what_the_apps_of_its_staff_would(client: Client, settings: object) -> None:
    give_app(make_staff())
    assert code_of_app(1) in client.get("/thu/ma-dang-nhap/").content.decode()
    settings.DEMO = False  # type: ignore[attr-defined]
    assert client.get("/thu/ma-dang-nhap/").status_code == 404


def test_the_apps_key_lies_encrypted_and_outlives_a_change_of_the_secret(
    client: Client, settings: Any
) -> None:
    give_app(make_staff())
    assert SECRET not in str(Authenticator.objects.values_list("data", flat=True))
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another" * 9, [settings.SECRET_KEY]
    client.force_login(make_staff())
    assert client.post(ASK, {"code": code_of_app()}).status_code == 302
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(InvalidToken):
        Authenticator.objects.get(type="totp").wrap().validate_code(code_of_app())

import datetime
from urllib.parse import unquote

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.accounts.tasks import forget_unproven
from marketplace.messaging import codes
from tests.factories import anh_tam, chi_lan, make_staff, make_user
from tests.second_factor import pass_second_factor, sign_in_staff

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/dang-nhap/"
CODE = "/tai-khoan/ma/"
LAN = "+84912000001"


def ask(client: Client, phone: str = "0912 000 001", **extra: str):
    return client.post(LOGIN, {"phone": phone, **extra})


def newest_code() -> str:
    return codes.recent()[0][1]


def sign_in(client: Client, phone: str, **extra: str):
    ask(client, phone, **extra)
    return client.post(CODE, {"code": newest_code(), **extra})


class TestAskingForACode:
    def test_sends_six_digits_to_the_number_however_it_is_typed(self, client):
        chi_lan()
        response = ask(client, "84 912 000 001")
        assert response.status_code == 302
        assert response["Location"] == CODE
        [(phone, code)] = codes.recent()
        assert phone == LAN
        assert len(code) == 6
        assert code.isdigit()

    def test_answers_known_and_unknown_numbers_alike(self):
        chi_lan()
        make_user("+84912000007", is_active=False)
        pages = set()
        for phone in ("0912000001", "0912000005", "0912000007"):
            client = Client()
            assert ask(client, phone)["Location"] == CODE
            pages.add(client.get(CODE).content.decode().count("<input"))
        assert len(codes.recent()) == 3
        assert len(pages) == 1

    def test_keeps_what_was_typed_when_it_is_no_number(self, client):
        page = ask(client, "0912 34").content.decode()
        assert 'value="0912 34"' in page
        assert "0912 345 678" in page
        assert codes.recent() == []

    def test_one_number_gets_one_code_a_minute(self, client):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            ask(client)
            assert "60" in ask(Client()).content.decode()
            assert len(codes.recent()) == 1
            clock.shift(61)
            ask(Client())
        assert len(codes.recent()) == 2

    def test_one_number_gets_five_codes_a_day(self):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            answers = []
            for _ in range(6):
                answers.append(ask(Client()).status_code)
                clock.shift(61)
        assert answers == [302] * 5 + [200]

    def test_one_address_asks_for_ten_numbers_an_hour_and_leaves_no_more_rows(self):
        answers = [ask(Client(), f"09120001{n:02}").status_code for n in range(12)]
        assert answers == [302] * 10 + [200] * 2
        assert User.objects.filter(phone__startswith="+849120001").count() == 10

    def test_asking_again_too_soon_leaves_the_first_code_working(self, client):
        ask(client)
        response = ask(client, resend="1")
        assert response["Location"] == CODE
        page = client.get(CODE).content.decode()
        assert "0912 000 001" in page
        assert "60" in page
        assert client.post(CODE, {"code": newest_code()}).status_code == 302
        assert "_auth_user_id" in client.session

    def test_a_wrong_number_can_be_changed(self, client):
        ask(client, "0912000006")
        assert client.get(LOGIN).status_code == 200
        ask(client, "0912000001")
        client.post(CODE, {"code": newest_code()})
        assert client.session["_auth_user_id"] == str(User.objects.get(phone=LAN).pk)


class TestTypingTheCode:
    def test_a_known_number_is_signed_in_and_proven(self, client):
        user = make_user(LAN, "Nguyễn Thị Lan")
        User.objects.update(phone_verified_at=None)
        response = sign_in(client, "0912000001")
        assert response["Location"] == reverse("account_home")
        user.refresh_from_db()
        assert user.phone_verified_at is not None

    def test_a_new_number_gets_an_account_the_same_way(self, client):
        assert sign_in(client, "0987654321").status_code == 302
        user = User.objects.get(phone="+84987654321")
        assert user.phone_verified_at is not None
        assert not user.has_usable_password()

    def test_a_seller_lands_in_the_stall(self, client):
        anh_tam()
        assert sign_in(client, "0912000002")["Location"] == reverse("workspace:home")

    def test_goes_on_to_where_the_person_was_going(self, client):
        assert sign_in(client, "0912000001", next="/thanh-toan/")["Location"] == "/thanh-toan/"

    def test_is_not_led_to_another_site(self, client):
        assert sign_in(client, "0912000001", next="https://lua-dao.example/")["Location"] == "/tai-khoan/"

    def test_spaces_in_the_code_do_not_matter(self, client):
        ask(client)
        code = newest_code()
        assert client.post(CODE, {"code": f"{code[:3]} {code[3:]}"}).status_code == 302

    def test_five_wrong_codes_end_it(self, client):
        ask(client)
        right = newest_code()
        wrong = "000000" if right != "000000" else "111111"
        answers = [client.post(CODE, {"code": wrong}) for _ in range(5)]
        assert [answer.status_code for answer in answers] == [200] * 4 + [302]
        assert answers[-1]["Location"] == LOGIN
        client.post(CODE, {"code": right})
        assert "_auth_user_id" not in client.session

    def test_the_code_dies_after_five_minutes(self, client):
        with time_machine.travel(timezone.now(), tick=False) as clock:
            ask(client)
            code = newest_code()
            clock.shift(301)
            assert client.post(CODE, {"code": code})["Location"] == LOGIN
        assert "_auth_user_id" not in client.session

    def test_the_code_works_only_where_it_was_asked_for(self, client):
        ask(client)
        assert Client().post(CODE, {"code": newest_code()})["Location"] == LOGIN

    def test_a_locked_account_is_told_so_after_the_code(self, client):
        make_user("+84912000007", is_active=False)
        response = sign_in(client, "0912000007")
        assert response["Location"] == reverse("account_inactive")
        assert client.get(response["Location"]).status_code == 200


class TestTheNameInTheHeader:
    def test_comes_at_sign_in_and_goes_at_sign_out(self, client):
        chi_lan()
        sign_in(client, "0912000001")
        assert client.cookies["who"].value == "Lan"
        assert not client.cookies["who"]["httponly"]
        client.post("/tai-khoan/thoat/")
        assert client.cookies["who"].value == ""

    def test_a_number_is_never_put_into_it(self, client):
        sign_in(client, "0987654321")
        assert client.cookies["who"].value == ""

    def test_changes_with_the_name(self, client):
        client.force_login(chi_lan())
        client.post("/tai-khoan/", {"full_name": "Trần Thị Mận"})
        assert client.cookies["who"].value == "M%E1%BA%ADn"
        assert User.objects.get(phone=LAN).full_name == "Trần Thị Mận"


class TestMyOwnPage:
    def test_asks_a_visitor_to_sign_in(self, client):
        assert client.get("/tai-khoan/").url == f"{LOGIN}?next=/tai-khoan/"

    def test_leads_a_buyer_to_the_orders_and_to_no_stall(self, client):
        client.force_login(chi_lan())
        page = client.get("/tai-khoan/").content.decode()
        assert f'href="{reverse("tracking:find")}"' in page
        assert "Gian hàng:" not in page
        assert 'href="/admin/"' not in page

    def test_leads_a_seller_to_the_stall(self, client):
        client.force_login(anh_tam().members.get().user)
        assert "Gian hàng: Nhà vườn anh Tâm" in client.get("/tai-khoan/").content.decode()

    def test_leads_staff_to_their_tools(self, client):
        client.force_login(make_staff())
        assert 'href="/admin/"' in client.get("/tai-khoan/").content.decode()


class TestEveryOtherDoor:
    @pytest.mark.parametrize(
        ("door", "next_"),
        [("/admin/", "/admin/"), ("/admin/login/?next=/admin/", "/admin/"), ("/cms/", "/cms/")],
    )
    def test_leads_a_visitor_to_phone_and_code(self, client, door, next_):
        response = client.get(door, follow=True)
        assert unquote(response.redirect_chain[-1][0]) == f"{LOGIN}?next={next_}"

    @pytest.mark.parametrize("door", ["/admin/", "/cms/", "/cms/login/"])
    def test_refuses_a_buyer_instead_of_sending_round(self, client, door):
        client.force_login(chi_lan())
        assert client.get(door, follow=True).status_code == 403

    def test_no_password_opens_anything(self, client):
        make_user("+84912000004", is_staff=True, is_superuser=True, password="mat-khau-cu")
        assert not client.login(phone="+84912000004", password="mat-khau-cu")
        assert not client.login(username="+84912000004", password="mat-khau-cu")
        for door in ("/admin/login/", "/cms/login/"):
            client.post(door, {"username": "+84912000004", "password": "mat-khau-cu"})
            assert "_auth_user_id" not in client.session

    def test_staff_comes_into_the_admin_with_a_code(self, client):
        staff = make_staff()
        assert sign_in(client, "0912000008", next="/admin/")["Location"] == "/admin/"
        assert client.get("/admin/")["Location"] == reverse("mfa_activate_totp")
        pass_second_factor(client, staff)
        assert client.get("/admin/").status_code == 200


class TestPeopleInTheCms:
    @pytest.fixture
    def editor_in_chief(self, client):
        sign_in_staff(client, make_user("+84912000008", "Quản Trị", is_staff=True, is_superuser=True))
        return client

    def test_are_entered_by_phone_and_whole_name(self, editor_in_chief):
        page = editor_in_chief.get("/cms/users/new/").content.decode()
        assert 'name="full_name"' in page
        assert 'name="first_name"' not in page
        editor_in_chief.post("/cms/users/new/", {"phone": "0912 000 033", "full_name": "Lê Thị Thơm"})
        person = User.objects.get(phone="+84912000033")
        assert person.full_name == "Lê Thị Thơm"
        assert not person.has_usable_password()

    def test_are_corrected(self, editor_in_chief):
        person = chi_lan()
        address = f"/cms/users/edit/{person.pk}/"
        assert 'name="full_name"' in editor_in_chief.get(address).content.decode()
        before = person.phone
        said = {"phone": "0912 000 034", "full_name": "Lan", "is_active": "on", "is_superuser": "on"}
        editor_in_chief.post(address, said)
        person.refresh_from_db()
        assert person.full_name == "Lan"
        assert (person.phone, person.is_superuser) == (before, False), "these take the admin's fresh code"


class TestDemoCodes:
    def test_shows_the_newest_code_in_a_demo(self, client):
        ask(client)
        page = client.get("/thu/ma-dang-nhap/").content.decode()
        assert newest_code() in page

    def test_does_not_exist_elsewhere(self, client, settings):
        settings.DEMO = False
        assert client.get("/thu/ma-dang-nhap/").status_code == 404


def test_numbers_that_nobody_confirmed_are_forgotten_after_a_day():
    now = timezone.now()
    yesterday = now - datetime.timedelta(days=1, minutes=1)
    User.objects.get_or_create_unverified("+84912000021")
    User.objects.get_or_create_unverified("+84912000022")
    User.objects.filter(phone="+84912000021").update(date_joined=yesterday)
    owner = anh_tam().members.get().user
    User.objects.filter(pk=owner.pk).update(date_joined=yesterday, phone_verified_at=None)
    forget_unproven()
    assert set(User.objects.values_list("phone", flat=True)) == {"+84912000022", owner.phone}


def test_only_mobile_numbers_of_vietnam_get_codes():
    with pytest.raises(ValidationError):
        User.objects.create_user("+1 202 555 0123")

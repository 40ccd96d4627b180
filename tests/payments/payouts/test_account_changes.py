"""Changing where the money goes: a fresh code, a freeze, and word to every phone of the stall."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from farmers.partner.models import Partner, PartnerMember
from marketplace.messaging import codes
from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from payments.payouts.accounts import call_off, change_account, current_account, frozen_change
from payments.payouts.models import PayoutAccount
from tests.factories import anh_tam, htx_dong_phu, make_user
from tests.payments.payouts.farms import NOW, give_account

pytestmark = pytest.mark.django_db
HOUR = datetime.timedelta(hours=1)
ACCOUNT = reverse("workspace:payout_account")
CODE = reverse("workspace:payout_account_code")
NEW = {"bank_bin": "970415", "number": "1234 5678 90", "holder": "Điểu Tâm"}


def owner(seller: Partner) -> Any:
    return seller.members.get(role=PartnerMember.Role.OWNER).user


def change(seller: Partner, **fields: Any) -> PayoutAccount:
    defaults = {"bank_bin": "970415", "number": "12345678", "holder": "Điểu Tâm", "now": NOW}
    return change_account(**defaults | {"partner": seller, "by": owner(seller)} | fields)


class TestTheFreeze:
    def test_lasts_48_hours_and_then_the_new_account_counts(self) -> None:
        old = give_account(anh_tam())
        new = change(anh_tam())
        almost = NOW + 48 * HOUR - datetime.timedelta(seconds=1)
        assert (current_account(anh_tam(), now=almost), frozen_change(anh_tam(), now=almost)) == (old, new)
        after = NOW + 48 * HOUR
        assert (current_account(anh_tam(), now=after), frozen_change(anh_tam(), now=after)) == (new, None)

    def test_called_off_everything_stays_as_it_was(self) -> None:
        old, new = give_account(anh_tam()), change(anh_tam())
        assert call_off(new, by=owner(anh_tam()), now=NOW + HOUR)
        assert current_account(anh_tam(), now=NOW + 99 * HOUR) == old
        assert not call_off(new, by=owner(anh_tam()), now=NOW + HOUR)

    def test_is_over_for_good_when_it_is_over(self) -> None:
        new = change(anh_tam())
        assert not call_off(new, by=owner(anh_tam()), now=NOW + 48 * HOUR)
        assert current_account(anh_tam(), now=NOW + 48 * HOUR) == new

    def test_begins_anew_with_another_change(self) -> None:
        change(anh_tam())
        second = change(anh_tam(), number="99999999", now=NOW + 47 * HOUR)
        assert current_account(anh_tam(), now=NOW + 50 * HOUR) is None
        assert frozen_change(anh_tam(), now=NOW + 50 * HOUR) == second

    def test_keeps_the_holder_as_banks_write_it(self) -> None:
        assert change(anh_tam(), holder="Điểu  Thị Đào").holder == "DIEU THI DAO"

    def test_of_one_seller_is_not_anothers(self) -> None:
        change(anh_tam())
        assert frozen_change(htx_dong_phu(), now=NOW) is None


class TestTheNotice:
    def test_goes_to_the_stalls_phone_and_every_owner_with_what_to_do(self) -> None:
        PartnerMember.objects.create(partner=anh_tam(), user=make_user("+84912000044"))
        PartnerMember.objects.create(partner=anh_tam(), user=make_user("+84912000045"), role="staff")
        change_account(
            partner=anh_tam(),
            bank_bin="970415",
            number="12345678",
            holder="X",
            by=make_user("+84912000044"),
            now=NOW,
        )
        notices = Message.objects.filter(kind="payout_account_changed")
        assert set(notices.values_list("phone", flat=True)) == {"+84912000002", "+84912000044"}
        _subject, body = render(notices.first() or Message())
        assert ACCOUNT in body and "5678" in body and "12345678" not in body


@pytest.fixture
def tam(client: Client, settings: Any) -> Client:
    settings.DEMO = True
    client.force_login(owner(anh_tam()))
    return client


def newest_code() -> str:
    return codes.recent()[0][1]


class TestThePages:
    def test_the_owner_changes_the_account_by_a_code_from_the_phone(self, tam: Client) -> None:
        assert tam.post(ACCOUNT, NEW).headers["Location"] == CODE
        assert not PayoutAccount.objects.exists()
        assert tam.post(CODE, {"code": newest_code()}).headers["Location"] == ACCOUNT
        account = PayoutAccount.objects.get()
        assert (account.bank_bin, account.number, account.holder) == ("970415", "1234567890", "DIEU TAM")
        assert account.usable_from - account.requested_at == 48 * HOUR

    def test_a_wrong_code_changes_nothing(self, tam: Client) -> None:
        tam.post(ACCOUNT, NEW)
        wrong = f"{(int(newest_code()) + 1) % 10**6:06}"
        assert "code" in tam.post(CODE, {"code": wrong}).context["form"].errors
        assert not PayoutAccount.objects.exists()

    def test_a_code_for_one_account_confirms_no_other(self, tam: Client) -> None:
        tam.post(ACCOUNT, NEW)
        code = newest_code()
        tam.post(ACCOUNT, NEW | {"number": "66666666"})
        tam.post(CODE, {"code": code})
        assert not PayoutAccount.objects.exists()

    def test_without_an_account_asked_for_there_is_nothing_to_confirm(self, tam: Client) -> None:
        assert tam.get(CODE).headers["Location"] == ACCOUNT

    def test_a_second_tab_is_told_that_nothing_waits_for_its_code(self, tam: Client) -> None:
        tam.post(ACCOUNT, NEW)
        code = newest_code()
        tam.post(CODE, {"code": code}, follow=True)
        second = tam.post(CODE, {"code": code}, follow=True)
        assert "không có tài khoản nào đang chờ mã" in second.content.decode()
        assert PayoutAccount.objects.count() == 1

    def test_opened_by_address_keeps_the_change_and_says_so(self, tam: Client) -> None:
        """As after signing in anew."""
        asked = change(anh_tam(), now=timezone.now())
        answer = tam.get(reverse("workspace:payout_account_keep"), follow=True)
        assert answer.redirect_chain == [(ACCOUNT, 302)]
        assert "chưa được thực hiện" in answer.content.decode()
        assert frozen_change(anh_tam(), now=timezone.now()) == asked

    def test_opened_by_address_sends_no_code(self, tam: Client) -> None:
        tam.post(ACCOUNT, NEW)
        sent = codes.recent()
        answer = tam.get(reverse("workspace:payout_account_resend"), follow=True)
        assert answer.redirect_chain == [(CODE, 302)]
        assert codes.recent() == sent

    @pytest.mark.parametrize(
        ("name", "value"),
        [("bank_bin", "123456"), ("number", "12"), ("number", "1' OR 1"), ("holder", "???")],
    )
    def test_what_no_bank_takes_is_said_at_once(self, tam: Client, name: str, value: str) -> None:
        assert name in tam.post(ACCOUNT, NEW | {name: value}).context["form"].errors

    def test_a_change_can_be_called_off_by_one_press(self, tam: Client) -> None:
        change(anh_tam(), now=timezone.now())
        assert "Không phải tôi" in tam.get(ACCOUNT).content.decode()
        tam.post(reverse("workspace:payout_account_keep"))
        assert frozen_change(anh_tam(), now=timezone.now()) is None

    def test_a_helper_of_the_stall_sees_no_account(self, client: Client) -> None:
        helper = make_user("+84912000046")
        PartnerMember.objects.create(partner=anh_tam(), user=helper, role="staff")
        client.force_login(helper)
        assert client.get(ACCOUNT).status_code == 403
        assert client.post(ACCOUNT, NEW).status_code == 403

    def test_the_number_is_shown_by_its_end_only(self, tam: Client) -> None:
        give_account(anh_tam(), number="9704361234567")
        page = tam.get(ACCOUNT).content.decode()
        assert "4567" in page and "9704361234567" not in page

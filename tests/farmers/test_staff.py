import datetime

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from catalogue.models import Listing
from farmers.models import Certification
from farmers.partner.models import Partner, PartnerMember
from farmers.partner.phones import phones_to_warn
from marketplace.accounts.models import User
from marketplace.messaging.delivery import render
from marketplace.messaging.models import Message
from payments.payouts.accounts import change_account
from tests.factories import anh_tam, make_partner, make_product, make_user
from tests.second_factor import sign_in_staff

pytestmark = pytest.mark.django_db
PARTNERS, CERTIFICATES = "/admin/partner/partner/", "/admin/farmers/certification/"


@pytest.fixture
def staff(client):
    sign_in_staff(client, make_user("+84912000008", "Quản Trị", is_staff=True, is_superuser=True))
    return client


@pytest.fixture(autouse=True)
def at_once(django_capture_on_commit_callbacks):
    """Run what waits for the commit, as pages do."""

    def run(job):
        with django_capture_on_commit_callbacks(execute=True):
            return job()

    return run


def act(client, url: str, action: str, row) -> None:
    client.post(url, {"action": action, "_selected_action": [row.pk]})


def certificate(**fields) -> Certification:
    today = timezone.localdate()
    return Certification.objects.create(
        **{
            "partner": anh_tam(),
            "scheme": Certification.Scheme.VIETGAP,
            "number": "VG-75-001",
            "issuer": "Trung tâm chứng nhận",
            "issued_on": today - datetime.timedelta(days=10),
            "expires_on": today + datetime.timedelta(days=300),
        }
        | fields
    )


def test_a_new_seller_is_on_the_market_once_staff_say_so(staff, at_once):
    waiting = make_partner("Vườn mới", status=Partner.Status.PENDING)
    at_once(lambda: make_product(partner=waiting))
    assert not Listing.objects.exists()
    at_once(lambda: act(staff, PARTNERS, "let_sell_chosen", waiting))
    assert Listing.objects.get().seller == waiting


def test_a_suspended_sellers_goods_leave_the_market(staff, at_once):
    at_once(lambda: make_product(partner=anh_tam()))
    at_once(lambda: act(staff, PARTNERS, "suspend_chosen", anh_tam()))
    assert not Listing.objects.exists()
    assert Partner.objects.get().status == Partner.Status.SUSPENDED


def test_a_badge_is_shown_from_verification_to_withdrawal(staff, at_once):
    at_once(lambda: make_product(partner=anh_tam()))
    paper = certificate()
    assert Listing.objects.get().certificates == []
    at_once(lambda: act(staff, CERTIFICATES, "verify_chosen", paper))
    paper.refresh_from_db()
    assert paper.verified_by.full_name == "Quản Trị"
    assert Listing.objects.get().certificates == ["vietgap"]
    at_once(lambda: act(staff, CERTIFICATES, "withdraw_chosen", paper))
    assert Listing.objects.get().certificates == []


def test_what_was_verified_cannot_be_edited(staff):
    paper = certificate(verified_at=timezone.now())
    staff.post(f"{CERTIFICATES}{paper.pk}/change/", {"number": "KHÁC-999"})
    paper.refresh_from_db()
    assert paper.number == "VG-75-001"


def test_a_stall_is_opened_with_its_owner(staff):
    owner = make_user("+84912000055", "Thị Hoa")
    form = {
        "name": "Vườn chị Hoa",
        "kind": "household",
        "status": "active",
        "commune": anh_tam().commune_id,
        "phone": "0912 000 055",
        "members-TOTAL_FORMS": 1,
        "members-INITIAL_FORMS": 0,
        "members-0-user": owner.pk,
        "members-0-role": "owner",
    }
    staff.post(f"{PARTNERS}add/", form)
    stall = Partner.objects.get(name="Vườn chị Hoa")
    assert (stall.code, stall.status) == ("vuon-chi-hoa", Partner.Status.PENDING)
    assert stall.phone == owner.phone
    assert PartnerMember.objects.get(partner=stall).user == owner


def save_stall(client, *, phone: str, owners: list[User]):
    """Anh Tâm's page as the admin shows it, with other phones; his own membership stays unless he is left out."""
    stall, member = anh_tam(), anh_tam().members.get()
    form = {"name": stall.name, "kind": stall.kind, "commune": stall.commune_id, "phone": phone}
    others = [owner for owner in owners if owner != member.user]
    form |= {"members-INITIAL_FORMS": 1, "members-TOTAL_FORMS": 1 + len(others)}
    form |= {"members-0-id": member.pk, "members-0-user": member.user_id, "members-0-role": "owner"}
    if member.user not in owners:
        form["members-0-DELETE"] = "on"
    for place, owner in enumerate(others, 1):
        form |= {f"members-{place}-user": owner.pk, f"members-{place}-role": "owner"}
    return client.post(reverse("admin:partner_partner_change", args=[stall.pk]), form)


def told(kind: str) -> set[str]:
    return set(Message.objects.filter(kind=kind).values_list("phone", flat=True))


OLD, NEW = "+84912000002", "+84912000088"


def test_the_old_phone_hears_that_phone_and_owner_were_changed(staff):
    save_stall(staff, phone=NEW, owners=[make_user(NEW)])
    assert anh_tam().phone == NEW
    assert told("stall_phones_changed") == {OLD}
    subject, body = render(Message.objects.get(kind="stall_phones_changed"))
    assert "Nhà vườn anh Tâm" in subject and "gọi ngay" in body


def test_the_owner_hears_of_another_one(staff):
    save_stall(staff, phone=OLD, owners=[anh_tam().members.get().user, make_user(NEW)])
    assert anh_tam().members.count() == 2
    assert told("stall_phones_changed") == {OLD}


def test_nobody_is_told_of_a_page_that_is_saved_as_it_was(staff):
    save_stall(staff, phone=OLD, owners=[anh_tam().members.get().user])
    assert not Message.objects.exists()


def test_the_old_phone_hears_that_staff_changed_the_number_of_an_owner(staff):
    owner = anh_tam().members.get().user
    Partner.objects.update(phone="")
    for name in ("Anh Tâm", "Anh Tám"):  # the second time only the name is new
        fields = {"phone": NEW, "full_name": name, "is_active": "on"}
        staff.post(reverse("admin:accounts_user_change", args=[owner.pk]), fields)
        assert phones_to_warn(anh_tam()) == {OLD, NEW}
    owner.refresh_from_db()
    assert owner.phone == NEW
    assert Message.objects.filter(kind="stall_phones_changed", phone=OLD).count() == 1


@pytest.mark.parametrize(("days", "heard"), [(29, {OLD, NEW}), (31, {NEW})])
def test_a_phone_that_was_taken_away_hears_of_a_changed_account_for_a_while(staff, days, heard):
    save_stall(staff, phone=NEW, owners=[make_user(NEW)])
    now = timezone.now() + datetime.timedelta(days=days)
    account = {"bank_bin": "970415", "number": "12345678", "holder": "X"}
    with time_machine.travel(now, tick=False):
        change_account(partner=anh_tam(), by=make_user(NEW), now=now, **account)
    assert told("payout_account_changed") == heard


def test_changing_a_stall_takes_a_fresh_code(staff):
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=11)):
        answer = save_stall(staff, phone=NEW, owners=[make_user(NEW)])
    assert answer["Location"].startswith("/tai-khoan/hai-lop/xac-nhan/")
    assert anh_tam().phone == OLD


def test_a_person_is_entered_by_number_and_without_a_password(staff):
    staff.post(
        "/admin/accounts/user/add/", {"phone": "0912 000 066", "full_name": "Lê Văn Ba", "is_active": "on"}
    )
    person = User.objects.get(phone="+84912000066")
    assert not person.has_usable_password()


@pytest.mark.parametrize(
    "url", [PARTNERS, f"{PARTNERS}add/", CERTIFICATES, f"{CERTIFICATES}add/", "/admin/accounts/user/"]
)
def test_the_pages_open(staff, url):
    certificate()
    assert staff.get(url).status_code == 200


def test_a_seller_is_never_deleted(staff):
    assert (
        staff.post(reverse("admin:partner_partner_delete", args=[anh_tam().pk]), {"post": "yes"}).status_code
        == 403
    )

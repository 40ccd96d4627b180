"""People of the attacked market who have to sign in: farms and staff, as everybody does, over HTTP."""

from base64 import b32encode
from secrets import token_bytes

from farmers.partner.models import Partner, PartnerMember
from marketplace.accounts import demo_app
from marketplace.accounts.models import User
from marketplace.demo.walkthrough.documents import Document
from marketplace.demo.walkthrough.member import Member
from marketplace.torture.people.pressing import Pressing

APP = "Ứng dụng xác thực của nhân viên"
"""Above the codes of the staff's apps on the demo's page of codes."""
CONFIRM = "/tai-khoan/hai-lop/xac-nhan/"
MAKER, APPROVER = "+84912000071", "+84912000072"
"""Phones of who makes payout batches at the money desk and who approves them."""


class Farmer(Pressing, Member):
    home = "/ban-hang/"


class Staff(Pressing, Member):
    """At the money desk."""

    home = "/ban-tien/"

    def sign_in(self) -> None:
        """And have money moved from now on; that lasts longer than any attack (marketplace/torture/settings.py)."""
        super().sign_in()
        page = self.open(f"{CONFIRM}?next={self.home}")
        self.send(page.form(CONFIRM), code=self.shown_code(below=APP, later=1))

    def _second_step(self, page: Document) -> Document:
        return self.send(page.form("/tai-khoan/hai-lop/dang-nhap/"), code=self.shown_code(below=APP))


def farmer_of(market: str, farm: Partner) -> Farmer:
    """Its owner, signed in."""
    phone = f"+8492{farm.pk:07}"
    user = User.objects.filter(phone=phone).first() or User.objects.create_user(phone)
    PartnerMember.objects.get_or_create(partner=farm, user=user, defaults={"role": PartnerMember.Role.OWNER})
    farmer = Farmer(market, phone=phone)
    farmer.sign_in()
    return farmer


def hire_staff() -> None:
    for phone in (MAKER, APPROVER):
        User.objects.create_user(phone, is_staff=True)


def staff_of(market: str, phone: str) -> Staff:
    """One of those hired, signed in.

    The secret is new: a code that was typed is refused afterwards, also to who has the same key in another copy.
    """
    demo_app.give(User.objects.get(phone=phone), b32encode(token_bytes(10)).decode())
    staff = Staff(market, phone=phone)
    staff.sign_in()
    return staff

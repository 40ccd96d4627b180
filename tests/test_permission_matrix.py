"""Who may open which door: every URL name × role × GET and POST, against permissions.csv.

The table holds what a person decided, one row per URL name; a URL without a row fails. A cell says what GET and
what POST answer ("login" is a redirect to the sign-in page); "writes" names the roles whose POST changes something.
All addresses belong to chị Lan's order from anh Tâm and HTX Đồng Phú, so "other …" are strangers to it.
The staff tools under /admin/ and /cms/ are ruled as wholes: nobody but staff gets in anywhere.
"""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from oscar.apps.basket.models import Line as BasketLine

from catalogue.models import Category, Product
from farmers.partner.models import Partner
from marketplace.accounts.models import User
from marketplace.order.links import order_signature
from marketplace.order.models import Order, SellerOrder
from marketplace.outbox.models import Job
from payments.desk.models import Correction
from payments.ledger.accounts import of_market
from payments.ledger.models import Account
from payments.models import Notification, Payment, Refund, Transfer
from payments.payouts.models import Payout, PayoutAccount, PayoutBatch, PayoutFile, ResultFile
from payments.providers.base import Notice, Outcome
from payments.reconciliation.models import Finding, Item, Statement
from payments.refunds import owe_back
from payments.services import open_payment
from payments.transfers import record_transfer
from tests.doors import Door, doors
from tests.factories import (
    anh_tam,
    chi_lan,
    htx_dong_phu,
    make_order,
    make_paid_order,
    make_partner,
    make_product,
    make_staff,
    make_user,
    stock_of,
    stranger,
)
from tests.permission_writes import written
from tests.second_factor import pass_second_factor

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/dang-nhap/"
STAFF_TOOLS = ("admin/", "cms/")
#: the doors of the tools themselves, which lead a visitor to the one login; they have rows of their own
OWN_ROWS = {"admin:login", "admin:logout", "staff_login", "wagtailadmin_logout"}
#: words for scripts and a drawing, the same for everybody
HARMLESS = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}
NON_STAFF = ("anonymous", "buyer", "other buyer", "seller", "other seller", "cooperative")
ROLES = (*NON_STAFF, "staff")


@dataclass(frozen=True)
class World:
    paid: Order
    unpaid: Order
    parcel: SellerOrder
    product: Product
    basket_line: BasketLine
    #: made and approved by other people than `make_staff`
    batch: PayoutBatch
    #: on its way to anh Tâm
    payout: Payout


def _owner(partner: Partner) -> User:
    return partner.members.get().user


PEOPLE: dict[str, Callable[[], User]] = {
    "buyer": chi_lan,
    "other buyer": stranger,
    "seller": lambda: _owner(anh_tam()),
    "other seller": lambda: make_user("+84912000099"),
    "cooperative": lambda: _owner(htx_dong_phu()),
    "staff": make_staff,
}


@pytest.fixture
def world(django_capture_on_commit_callbacks: Callable[..., Any]) -> World:
    make_partner("Vườn người dưng", owner=PEOPLE["other seller"]())
    with django_capture_on_commit_callbacks(execute=True):
        cashew, pepper = make_product(partner=anh_tam()), make_product("Tiêu đen", partner=htx_dong_phu())
    paid = make_paid_order((cashew, 1), (pepper, 1), user=chi_lan())
    unpaid = make_order((cashew, 1), user=chi_lan())
    open_payment(order=unpaid, provider="vietqr")
    client_of("buyer").post(reverse("checkout:add"), {"product": cashew.pk, "quantity": 1})
    parcel = paid.seller_orders.get(partner=anh_tam())
    _money_desk(unpaid)
    return World(paid, unpaid, parcel, cashew, BasketLine.objects.get(), _batch(), _payout())


def _batch(**fields: Any) -> PayoutBatch:
    batch: PayoutBatch = PayoutBatch.objects.create(
        **{"made_by": make_user("+84912000071"), "state": PayoutBatch.State.READY, **fields}
    )
    return batch


def _money_desk(order: Order) -> None:
    """Something in every queue of the desk, none of it by `make_staff`."""
    other, now = make_user("+84912000073"), timezone.now()
    told = Notification.objects.create(provider="sepay", event_id="1", body=b"{}")
    record_transfer(told, Notice(event_id="1", outcome=Outcome.PAID, amount=1_000, occurred_at=now, memo="x"))
    owe_back(payment=order.payments.get(), amount=1, reason="dư", key="matrix")
    bank, fees = of_market(Account.Kind.BANK), of_market(Account.Kind.PROVIDER_FEES)
    Correction.objects.create(debit=fees, credit=bank, amount=1, memo="x", proposed_by=other)
    Job.objects.create(kind="message", key="matrix", state=Job.State.PARKED)
    Item.objects.create(source="bank", finding=Finding.MISSING_HERE, reference="FT0")
    Statement.objects.create(kind=Statement.Kind.BANK, name="sk.csv", sha256="0", read_by=other)


def _payout() -> Payout:
    now, approver = timezone.now(), make_user("+84912000072")
    steps = {"approved_by": approver, "approved_at": now, "sent_by": approver, "sent_at": now}
    batch = _batch(state=PayoutBatch.State.SENT, **steps)
    account = PayoutAccount.objects.create(
        partner=anh_tam(),
        bank_bin="970436",
        number="0123456789",
        holder="DIEU TAM",
        requested_at=now,
        usable_from=now,
    )
    PayoutFile.objects.create(batch=batch, form=PayoutFile.Form.PAIN, content=b"<x/>")
    ResultFile.objects.create(name="kq.csv", imported_by=approver)
    payout: Payout = Payout.objects.create(
        batch=batch,
        partner=anh_tam(),
        account=account,
        reference="CT1N1",
        state=Payout.State.SENT,
        amount=1_000,
        bank_bin=account.bank_bin,
        number=account.number,
        holder=account.holder,
    )
    return payout


def client_of(role: str) -> Client:
    client = Client(headers={"origin": "http://testserver", "sec-fetch-site": "same-origin"})
    if role != "anonymous":
        client.force_login(PEOPLE[role]())
    if role == "staff":
        pass_second_factor(client, make_staff())
    return client


#: where a name's address needs something that exists
ADDRESSES: dict[str, Callable[[World], str]] = {
    "catalogue:category": lambda world: _category(),
    "catalogue:product": lambda world: world.product.get_absolute_url(),
    "checkout:change_line": lambda world: reverse("checkout:change_line", args=[world.basket_line.pk]),
    **{
        f"desk:{name}": lambda world, name=name: reverse(f"desk:{name}", args=[world.batch.pk])
        for name in (
            "payout_batch",
            "payout_batch_approve",
            "payout_batch_send",
            "payout_batch_cancel",
            "payout_codes",
        )
    },
    **{
        f"desk:{name}": lambda world, name=name: reverse(f"desk:{name}", args=[world.payout.reference])
        for name in ("payout_code", "payout_settle")
    },
    "desk:payout_file": lambda world: reverse("desk:payout_file", args=[world.payout.batch_id, "xml"]),
    "desk:payout_result": lambda world: reverse("desk:payout_result", args=[ResultFile.objects.get().pk]),
    **{
        f"desk:{name}": lambda world, name=name, model=model: reverse(
            f"desk:{name}", args=[model.objects.latest("pk").pk]
        )
        for model, names in {
            Transfer: ("transfer", "transfer_attach", "transfer_give_back"),
            Refund: ("refund_done",),
            Correction: ("correction_approve", "correction_reject"),
            Job: ("job_retry",),
            Item: ("item",),
            Statement: ("statement", "statement_apply"),
        }.items()
        for name in names
    },
    "desk:item_resolve": lambda world: reverse("desk:item_resolve", args=[Item.objects.get().pk, "ghi-chu"]),
    "desk:payment": lambda world: reverse("desk:payment", args=[Payment.objects.latest("pk").reference]),
    "desk:rail_switch": lambda world: reverse("desk:rail_switch", args=["vietqr"]),
    "farm": lambda world: reverse("farm", args=[anh_tam().code]),
    "notifications:ipn": lambda world: reverse("notifications:ipn", args=["sepay"]),
    "payments:returned": lambda world: reverse(
        "payments:returned", args=[world.unpaid.number, order_signature(world.unpaid)]
    ),
    "payments:qr": lambda world: reverse("payments:qr", args=[world.unpaid.number, "svg"]),
    "search_suggestions": lambda world: reverse("search_suggestions") + "?q=dieu",
    "wagtail_serve": lambda world: "/khong-co-trang-nay/",
    "workspace:money_month": lambda world: reverse("workspace:money_month", args=[2026, 11]),
    "workspace:month_statement": lambda world: reverse("workspace:month_statement", args=[2026, 11, "xlsx"]),
    "workspace:tax_certificate": lambda world: reverse("workspace:tax_certificate", args=[2026]),
    "workspace:year_statement": lambda world: reverse("workspace:year_statement", args=[2026, "pdf"]),
    "workspace:price_per_kilogram": lambda world: (
        reverse("workspace:price_per_kilogram") + "?price=95k&pack=500g"
    ),
    **{
        name: lambda world, name=name: reverse(name, args=[world.unpaid.number])
        for name in ("payments:pay", "payments:status", "payments:switch")
    },
    "tracking:order": lambda world: reverse("tracking:order", args=[world.paid.number]),
    "tracking:cancel": lambda world: reverse(
        "tracking:cancel", args=[world.paid.number, world.parcel.number]
    ),
    **{
        f"workspace:{name}": lambda world, name=name: reverse(f"workspace:{name}", args=[world.parcel.number])
        for name in ("order", "accept", "hand_over", "deliver", "cancel", "packing_slip", "money_order")
    },
    **{
        f"workspace:{name}": lambda world, name=name: reverse(f"workspace:{name}", args=[world.product.pk])
        for name in ("product_edit", "stock")
    },
}
#: what is sent, so that whoever may do it does it
BODIES: dict[str, Callable[[World], dict[str, Any]]] = {
    "account_home": lambda world: {"full_name": "Tên Mới"},
    "account_login": lambda world: {"phone": "0912000042"},
    "account_request_login_code": lambda world: {"phone": "0912000042"},
    "checkout:add": lambda world: {"product": world.product.pk, "quantity": 1},
    "checkout:change_line": lambda world: {"quantity": 7},
    "desk:correction_propose": lambda world: {
        "debit": of_market(Account.Kind.PROVIDER_FEES).pk,
        "credit": of_market(Account.Kind.BANK).pk,
        "amount": 1_000,
        "memo": "Phí tháng 11",
    },
    "desk:item_resolve": lambda world: {"words": "Vốn góp của hợp tác xã"},
    "desk:rail_switch": lambda world: {"reason": "Ngân hàng bảo trì", "off": "on"},
    "desk:refund_done": lambda world: {"bank_reference": "FT1"},
    "desk:statement_upload": lambda world: {
        "kind": "bank",
        "file": SimpleUploadedFile("moi.csv", "ngày,số tiền,nội dung\n25/11/2026,1000,x".encode()),
    },
    "desk:transfer_attach": lambda world: {"order": world.unpaid.number},
    "desk:transfer_give_back": lambda world: {"memo": "FT9 trả anh Ba"},
    "desk:payout_batch_approve": lambda world: {"total": world.batch.total},
    "desk:payout_results": lambda world: {
        "file": SimpleUploadedFile("kq.csv", f"reference,status\n{world.payout.reference},paid".encode())
    },
    "desk:payout_settle": lambda world: {"outcome": "paid", "note": "FT1"},
    "payments:switch": lambda world: {"provider": "cash_on_delivery"},
    "set_language": lambda world: {"language": "en"},
    "tracking:find": lambda world: {"number": world.paid.number, "last_digits": "9999"},
    "workspace:cancel": lambda world: {"note": "Mưa làm hỏng lứa cuối."},
    "workspace:hand_over": lambda world: {"carrier": "Nhà vườn tự giao"},
    "workspace:payout_account": lambda world: {
        "bank_bin": "970415",
        "number": "123456789",
        "holder": "Điểu Tâm",
    },
    "workspace:product_add": lambda world: _product_form(),
    "workspace:product_edit": lambda world: _product_form(),
    "workspace:stock": lambda world: {"left": 9, "shown": 1},
    "workspace:switch": lambda world: {"stall": anh_tam().code},
}
#: the step before, where a POST only means something after it
BEFORE: dict[str, Callable[[World], object]] = {
    "desk:payout_batch_send": lambda world: PayoutBatch.objects.filter(pk=world.batch.pk).update(
        state=PayoutBatch.State.APPROVED, approved_by=make_user("+84912000072"), approved_at=timezone.now()
    ),
    "workspace:payout_account_keep": lambda world: PayoutAccount.objects.update(
        usable_from=timezone.now() + timedelta(hours=1)
    ),
    "workspace:hand_over": lambda world: _at(world.parcel, SellerOrder.Status.PACKING),
    "workspace:packing_slip": lambda world: _at(world.parcel, SellerOrder.Status.PACKING),
    "workspace:deliver": lambda world: _at(world.parcel, SellerOrder.Status.HANDED_OVER),
}


def _at(parcel: SellerOrder, status: str) -> None:
    SellerOrder.objects.filter(pk=parcel.pk).update(status=status)


def _category() -> str:
    category = Category.objects.first() or Category.add_root(name="Hạt", slug="hat")
    return reverse("catalogue:category", args=[category.slug])


def _product_form() -> dict[str, Any]:
    product = Product.objects.filter(seller=anh_tam()).first()
    return {
        "crop": product.crop_id,
        "title": "Tên hàng mới",
        "pack_grams": "500 g",
        "price": "95k",
        "left": "1",
        "initial-left": str(stock_of(product).net_stock_level),
        "commune": product.commune_id,
    }


def answer(response: HttpResponse) -> str:
    if response.status_code == 302 and response["Location"].startswith(LOGIN):
        return "login"
    return str(response.status_code)


def rows() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("permissions.csv").open() as file:
        return {row.pop("name"): row for row in csv.DictReader(file)}


def own_doors() -> dict[str, Door]:
    return {
        door.name: door for door in doors() if not door.route.startswith(STAFF_TOOLS) or door.name in OWN_ROWS
    }


def knock(world: World, door: Door, role: str, method: str) -> tuple[str, bool]:
    """What the door answers, and whether anything was written; undone afterwards."""
    with transaction.atomic():
        BEFORE.get(door.name, lambda world: None)(world)
        address = ADDRESSES[door.name](world) if door.name in ADDRESSES else door.address
        client, before = client_of(role), written()
        if method == "GET":
            response = client.get(address)
        else:
            response = client.post(address, BODIES.get(door.name, lambda world: {})(world))
        result = answer(response), written() != before
        transaction.set_rollback(True)
    return result


def test_every_door_has_a_row_and_every_row_a_door():
    assert sorted(rows()) == sorted(own_doors())


@pytest.mark.parametrize("name", sorted(rows()))
def test_opens_to_whom_the_table_says(world, name):
    row, door = rows()[name], own_doors()[name]
    allowed = row["writes"].split("+") if row["writes"] else []
    found = {role: [knock(world, door, role, method) for method in ("GET", "POST")] for role in ROLES}
    assert {role: " ".join(word for word, _ in knocks) for role, knocks in found.items()} == {
        role: row[role] for role in ROLES
    }
    assert [role for role, knocks in found.items() if knocks[0][1]] == [], "a GET wrote something"
    assert [role for role, knocks in found.items() if knocks[1][1]] == [
        role for role in ROLES if role in allowed
    ]


@pytest.mark.parametrize("role", NON_STAFF)
def test_nobody_but_staff_gets_into_the_staff_tools(world, role):
    client, before = client_of(role), written()
    let_in = []
    for door in doors():
        if not door.route.startswith(STAFF_TOOLS) or door.name in OWN_ROWS | HARMLESS:
            continue
        for ask in (client.get, client.post):
            response = ask(door.address)
            led_away = response.status_code in (301, 302) and response["Location"].startswith(
                (LOGIN, "/cms/login/", "/admin/login/")
            )
            if not led_away and response.status_code not in (403, 404):
                let_in.append((door.address, response.status_code))
    assert let_in == []
    assert written() == before

"""The people, the order and the money that the permission matrix knocks with and at."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone
from oscar.apps.basket.models import Line as BasketLine

from catalogue.models import Product
from farmers.partner.models import Partner
from marketplace.accounts.models import User
from marketplace.order.models import Order, SellerOrder
from marketplace.outbox.models import Job
from payments.desk.models import Correction
from payments.ledger.accounts import of_market
from payments.ledger.models import Account
from payments.models import Notification
from payments.payouts.models import Payout, PayoutAccount, PayoutBatch, PayoutFile, ResultFile
from payments.providers.base import Notice, Outcome
from payments.reconciliation.models import Finding, Item, Statement
from payments.refunds import owe_back
from payments.services import open_payment
from payments.transfers import record_transfer
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
    stranger,
)
from tests.second_factor import pass_second_factor

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
    #: role -> a browser that is signed in
    clients: Mapping[str, Client]

    def client(self, role: str) -> Client:
        """A copy, so that what one door does to it stays there."""
        client = _browser()
        client.cookies = deepcopy(self.clients[role].cookies)
        return client


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


def made() -> World:
    make_partner("Vườn người dưng", owner=PEOPLE["other seller"]())
    clients = {role: client_of(role) for role in ROLES}
    with TestCase.captureOnCommitCallbacks(execute=True):
        cashew, pepper = make_product(partner=anh_tam()), make_product("Tiêu đen", partner=htx_dong_phu())
    paid = make_paid_order((cashew, 1), (pepper, 1), user=chi_lan())
    unpaid = make_order((cashew, 1), user=chi_lan())
    open_payment(order=unpaid, provider="vietqr")
    clients["buyer"].post(reverse("checkout:add"), {"product": cashew.pk, "quantity": 1})
    parcel = paid.seller_orders.get(partner=anh_tam())
    _money_desk(unpaid)
    return World(paid, unpaid, parcel, cashew, BasketLine.objects.get(), _batch(), _payout(), clients)


def _batch(**fields: Any) -> PayoutBatch:
    batch: PayoutBatch = PayoutBatch.objects.create(
        **{"made_by": make_user("+84912000071"), "state": PayoutBatch.State.READY, **fields}
    )
    return batch


def _money_desk(order: Order) -> None:
    """Something in every queue of the desk, none of it by `make_staff`."""
    other, now = make_user("+84912000073"), timezone.now()
    told = Notification.objects.create(provider="sepay", event_id="1", body=b"{}")
    credit = {"amount": 1_000, "memo": "x", "account": settings.BANK_ACCOUNT, "occurred_at": now}
    record_transfer(told, Notice(event_id="1", outcome=Outcome.PAID, **credit))
    owe_back(payment=order.payments.get(), amount=1, reason="dư", key="matrix")
    bank, fees = of_market(Account.Kind.BANK), of_market(Account.Kind.PROVIDER_FEES)
    Correction.objects.create(debit=fees, credit=bank, amount=1, memo="x", proposed_by=other)
    Job.objects.create(kind="message", key="matrix", state=Job.State.PARKED)
    Item.objects.create(source="bank", finding=Finding.MISSING_HERE, reference="FT0")
    kept = Statement.objects.create(kind=Statement.Kind.BANK, name="sk.csv", sha256="0", read_by=other)
    kept.rows.create(line=1, outcome="repeated", amount=1_000, occurred_at=timezone.now())


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
    client = _browser()
    if role != "anonymous":
        client.force_login(PEOPLE[role]())
    if role == "staff":
        pass_second_factor(client, make_staff())
    return client


def _browser() -> Client:
    return Client(headers={"origin": "http://testserver", "sec-fetch-site": "same-origin"})

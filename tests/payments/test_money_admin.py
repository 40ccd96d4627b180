"""Admin pages on which money hangs: a fresh code to write, a trace, and no rule changed while it is in force."""

import datetime
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib import admin
from django.contrib.admin.models import ADDITION, DELETION, LogEntry
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.accounts.admin_access import FreshCodeAdmin
from marketplace.accounts.models import User
from marketplace.outbox.models import Job
from payments.claims.models import ClaimWindow
from payments.commission.models import CommissionRule, ShippingRule
from payments.models import RefundPolicy
from payments.payouts.models import HoldRule, PayoutDays
from payments.tax.models import Taxpayer, WithholdingRule
from tests.factories import htx_dong_phu, make_user
from tests.second_factor import ASK, confirm, sign_in_staff

pytestmark = pytest.mark.django_db
TOMORROW = {"valid_from": "2026-11-26"}

#: model -> what its form needs
FORMS: dict[type[Any], dict[str, Any]] = {
    RefundPolicy: TOMORROW | {"limit": 1_000_000_000},
    HoldRule: TOMORROW | {"hours": 0},
    PayoutDays: TOMORROW | {"weekdays": "1,4"},
    ClaimWindow: TOMORROW | {"hours": 1, "answer_hours": 1, "decide_hours": 1},
    CommissionRule: TOMORROW | {"basis_points": 0, "source": "Sếp"},
    ShippingRule: TOMORROW | {"payer": "platform", "source": "Sếp"},
    WithholdingRule: TOMORROW
    | {"code": "khong", "seller_kinds": "household", "policy": "off", "source": "x"}
    | {"vat_basis_points": 0, "income_tax_basis_points": 0}
    | {"above_limit": "part", "after_refund": "sale", "cash_moment": "collected", "raw_produce": "taxed"}
    | {"shipping_vat_basis_points": 0, "shipping_income_tax_basis_points": 0, "rounding": "down"},
    Taxpayer: {"name": "HTX", "number": "3800123456"},
}
#: those without a last day: only added
COMING = (RefundPolicy, HoldRule, PayoutDays, ClaimWindow)
DATED = (CommissionRule, ShippingRule, WithholdingRule)
OF_MONEY = (
    *("payments.", "marketplace.outbox.", "marketplace.messaging.", "marketplace.accounts."),
    "farmers.partner.",
)
every_model = pytest.mark.parametrize("model", FORMS)
every_coming = pytest.mark.parametrize("model", COMING)
every_dated = pytest.mark.parametrize("model", DATED)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    at = datetime.datetime(2026, 11, 25, 9, tzinfo=timezone.get_default_timezone())
    with time_machine.travel(at, tick=False) as clock:
        yield clock


@pytest.fixture
def boss(clock: time_machine.Traveller) -> User:
    return make_user("+84912000077", "Kế Toán", is_staff=True, is_superuser=True)


@pytest.fixture
def client(client: Client, boss: User) -> Client:
    return sign_in_staff(client, boss)


def page(model: type[Any], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def form(model: type[Any]) -> dict[str, Any]:
    return FORMS[model] | ({"partner": htx_dong_phu().pk} if model is Taxpayer else {})


def added(model: type[Any], *, on: datetime.date) -> Any:
    fields = FORMS[model] | {"valid_from": on}
    for name in {"seller_kinds", "weekdays"} & fields.keys():
        fields[name] = fields[name].split(",")
    return model.objects.create(**fields)


@every_model
def test_writing_waits_for_a_fresh_code_and_leaves_a_trace(
    client: Client, boss: User, clock: time_machine.Traveller, model: type[Any]
) -> None:
    clock.shift(600)
    add = page(model, "add")
    asked = client.post(add, form(model))
    assert not model.objects.exists()
    confirm(client, asked)
    row = model.objects.get()
    trace = LogEntry.objects.get()
    assert (trace.user, trace.action_flag, trace.object_id) == (boss, ADDITION, str(row.pk))
    clock.shift(600)
    for address in (page(model, "change", row.pk), page(model, "delete", row.pk)):
        assert client.post(address, {"post": "yes"})["Location"].startswith(ASK)
    assert model.objects.get() == row


@every_coming
@pytest.mark.parametrize("day", ["2026-01-01", "2026-11-25"])
def test_a_new_limit_or_time_begins_tomorrow_at_the_earliest(
    client: Client, model: type[Any], day: str
) -> None:
    answer = client.post(page(model, "add"), form(model) | {"valid_from": day})
    assert "valid_from" in answer.context["adminform"].form.errors
    assert not model.objects.exists()


@every_coming
def test_in_force_it_is_neither_changed_nor_deleted(client: Client, model: type[Any]) -> None:
    rule = added(model, on=timezone.localdate())
    before = model.objects.values().get()
    assert client.post(page(model, "change", rule.pk), form(model)).status_code == 403
    assert client.post(page(model, "delete", rule.pk), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [rule.pk], "post": "yes"}
    client.post(page(model, "changelist"), chosen)
    assert model.objects.values().get() == before


@every_coming
def test_before_it_begins_it_can_be_taken_back(client: Client, model: type[Any]) -> None:
    rule = added(model, on=timezone.localdate() + datetime.timedelta(days=1))
    assert client.post(page(model, "change", rule.pk), form(model)).status_code == 403
    client.post(page(model, "delete", rule.pk), {"post": "yes"})
    assert not model.objects.exists()
    assert LogEntry.objects.get().action_flag == DELETION


@every_dated
@pytest.mark.parametrize(("day", "begins"), [("2026-11-25", False), ("2026-11-26", True)])
def test_a_rate_begins_tomorrow_at_the_earliest(
    client: Client, model: type[Any], day: str, begins: bool
) -> None:
    client.post(page(model, "add"), form(model) | {"valid_from": day})
    assert model.objects.exists() is begins


@every_dated
@pytest.mark.parametrize(("day", "ends"), [("2026-11-24", False), ("2026-11-25", True)])
def test_a_rate_in_force_ends_today_at_the_earliest(
    client: Client, model: type[Any], day: str, ends: bool
) -> None:
    rule = added(model, on=datetime.date(2026, 1, 1))
    client.post(page(model, "change", rule.pk), {"valid_until": day, "source": "Sếp"})
    assert bool(model.objects.get().valid_until) is ends


@every_dated
def test_a_rate_that_has_ended_can_be_confirmed_and_not_revived(client: Client, model: type[Any]) -> None:
    rule = added(model, on=datetime.date(2026, 1, 1))
    model.objects.update(valid_until="2026-10-31")
    said = {"valid_until": "", "source": "Sếp", "is_confirmed": "on"}
    client.post(page(model, "change", rule.pk), said)
    now = model.objects.get()
    assert (now.is_confirmed, now.valid_until) == (True, datetime.date(2026, 10, 31))


def pages() -> dict[type[Any], admin.ModelAdmin[Any]]:
    """Those of tables of money, and of the work, sellers and people on which it hangs."""
    return {
        model: page for model, page in admin.site._registry.items() if model.__module__.startswith(OF_MONEY)
    }


def test_every_page_that_writes_asks_for_the_code(rf: RequestFactory, boss: User) -> None:
    request = rf.get("/")
    request.user = boss
    writing = {
        model: page
        for model, page in pages().items()
        if page.has_add_permission(request)
        or page.has_change_permission(request)
        or page.has_delete_permission(request)
    }
    assert set(writing) == set(FORMS) | {Partner, User}
    assert [model for model, page in writing.items() if not isinstance(page, FreshCodeAdmin)] == []


def test_every_page_with_an_action_that_writes_asks_for_the_code(rf: RequestFactory, boss: User) -> None:
    """An action is not asked whether the page may change anything: it is a door of its own."""
    request = rf.get("/")
    request.user = boss
    acting = {
        (model, name)
        for model, page in pages().items()
        if not isinstance(page, FreshCodeAdmin)
        for name in page.get_actions(request)
    }
    assert acting == set()


def test_parked_work_is_looked_at_only(client: Client) -> None:
    job = Job.objects.create(kind="send_refund", key="k", state=Job.State.PARKED, attempts=8)
    before = Job.objects.values().get()
    assert "send_refund" in client.get(page(Job, "changelist")).content.decode()
    for address in (page(Job, "changelist"), page(Job, "change", job.pk)):
        client.post(address, {"action": "try_again", "_selected_action": [job.pk], "state": "new"})
    assert Job.objects.values().get() == before

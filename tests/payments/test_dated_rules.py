"""Staff add rules in the admin; what is in force can be ended and confirmed there, and nothing else."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments.commission.loading import load_rules
from payments.commission.models import CommissionRule, ShippingRule
from payments.tax.loading import load_withholding
from payments.tax.models import WithholdingRule
from tests.factories import make_user
from tests.second_factor import sign_in_staff

pytestmark = pytest.mark.django_db

#: model -> a field that says what holds, and another value of it
RULES = {
    CommissionRule: ("basis_points", 500),
    ShippingRule: ("payer", "platform"),
    WithholdingRule: ("policy", "off"),
}
every_rule = pytest.mark.parametrize("model", RULES)


@pytest.fixture
def staff(client: Client) -> Client:
    load_rules()
    load_withholding()
    sign_in_staff(client, make_user("+84912000077", "Kế Toán", is_staff=True, is_superuser=True))
    return client


def save(staff: Client, rule: Any, **changes: Any) -> None:
    """Send the rule's form back as the admin shows it, but for the changes."""
    address = f"/admin/{rule._meta.app_label}/{rule._meta.model_name}/{rule.pk}/change/"
    shown = staff.get(address).context["adminform"].form.initial
    sent = {name: value for name, value in (shown | changes).items() if value not in (None, False)}
    sent |= {name: ",".join(value) for name, value in sent.items() if isinstance(value, list)}
    answer = staff.post(address, sent)
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    rule.refresh_from_db()


@every_rule
def test_what_is_in_force_stays_as_it_was(staff: Client, model: type[Any]) -> None:
    rule, (field, other) = model.objects.in_force(timezone.localdate()).get(), RULES[model]
    before = getattr(rule, field)
    save(staff, rule, **{field: other, "is_confirmed": "on", "valid_until": "2099-12-31"})
    assert getattr(rule, field) == before
    assert (rule.is_confirmed, rule.valid_until) == (True, datetime.date(2099, 12, 31))


@every_rule
def test_what_has_not_begun_can_still_be_written(staff: Client, model: type[Any]) -> None:
    rule, (field, other) = model.objects.in_force(timezone.localdate()).get(), RULES[model]
    model.objects.filter(pk=rule.pk).update(valid_from=timezone.localdate() + datetime.timedelta(days=1))
    save(staff, rule, **{field: other})
    assert getattr(rule, field) == other


@every_rule
def test_none_is_deleted(staff: Client, model: type[Any]) -> None:
    rule = model.objects.first()
    address = f"/admin/{model._meta.app_label}/{model._meta.model_name}/{rule.pk}/delete/"
    assert staff.post(address, {"post": "yes"}).status_code == 403

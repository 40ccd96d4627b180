"""How much of the year's revenue counts against the yearly limit, whatever is kept back by it."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from payments.tax.loading import load_withholding
from payments.tax.meter import Meter, meter_of
from payments.tax.models import WithholdingRule
from payments.tax.services import withhold
from tests.factories import anh_tam, htx_dong_phu, make_order, make_partner, make_product, make_user
from tests.payments.payouts.farms import paid_parcel
from tests.payments.tax.sales import give_back
from tests.reading import page_words
from tests.second_factor import sign_in_staff

pytestmark = pytest.mark.django_db
LIMIT = 500_000_000


@pytest.fixture(autouse=True)
def _rules() -> None:
    load_withholding()


def sell(seller: Any, goods: int, *, at: datetime.datetime | None = None) -> Any:
    parcel = make_order((make_product(partner=seller, price=goods), 1)).seller_orders.get()
    withhold(parcel, occurred_at=at or timezone.now())
    return parcel


def this_year(seller: Any) -> Meter | None:
    today = timezone.localdate()
    return meter_of(seller, today.year, today=today)


@pytest.mark.parametrize("policy", WithholdingRule.Policy.values)
def test_runs_under_every_policy(policy: str) -> None:
    WithholdingRule.objects.update(policy=policy, yearly_limit=LIMIT)
    parcel = sell(anh_tam(), 300_000)
    give_back(parcel, goods=100_000, refund_pk=1, occurred_at=timezone.now())
    assert this_year(anh_tam()) == Meter(counted=200_000, limit=LIMIT)


def test_of_an_earlier_year_follows_the_rule_of_its_end() -> None:
    assert meter_of(anh_tam(), 2025, today=datetime.date(2026, 11, 20)) is None
    assert meter_of(anh_tam(), 2026, today=datetime.date(2027, 3, 1)) == Meter(counted=0, limit=LIMIT)


def test_there_is_none_for_whom_no_limit_is_named() -> None:
    assert this_year(htx_dong_phu()) is None


def test_the_seller_reads_it_beside_the_year(client: Client) -> None:
    WithholdingRule.objects.update(policy=WithholdingRule.Policy.OFF)
    paid_parcel(anh_tam(), 12_345_000)
    client.force_login(anh_tam().members.get().user)
    page = page_words(client.get("/ban-hang/tien/"))
    assert "Doanh thu tính vào ngưỡng thuế của năm: 12.345.000 ₫ trên 500.000.000 ₫" in page


def test_staff_see_every_seller_the_nearest_to_the_limit_first(client: Client) -> None:
    sell(anh_tam(), 200_000)
    sell(make_partner("Nhà vườn chị Mơ"), 12_345_000)
    last_year = timezone.now() - datetime.timedelta(days=366)
    sell(make_partner("Nhà vườn năm ngoái"), 1_000, at=last_year)
    sign_in_staff(client, make_user("+84912000077", "Kế Toán", is_staff=True, is_superuser=True))
    answer = client.get("/admin/tax/sellerrevenue/")
    found = [(row.name, row.counted, row.limit) for row in answer.context["cl"].result_list]
    assert found == [("Nhà vườn chị Mơ", 12_345_000, LIMIT), ("Nhà vườn anh Tâm", 200_000, LIMIT)]
    assert "500000000" in answer.content.decode().replace(".", "").replace("\xa0", "")
    assert client.get("/admin/tax/sellerrevenue/add/").status_code == 403

"""What a seller reads of commission and tax before a product is listed is what is kept of its sale."""

import datetime
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import Crop
from payments.commission.models import CommissionRule
from payments.commission.preview import KeptOfCrops, preview
from payments.tax.models import WithholdingRule
from payments.tax.services import withhold
from tests.factories import anh_tam, make_crop, make_order, make_product

pytestmark = pytest.mark.django_db
ADD = "/ban-hang/san-pham/them/"


@pytest.fixture
def durian() -> Crop:
    """The market keeps 10 % of it, and 3 % of the rest."""
    crop = make_crop("durian", name="Sầu riêng")
    rule(300)
    rule(1_000, crop=crop)
    return crop


@pytest.fixture
def tam(client: Client) -> Client:
    client.force_login(anh_tam().members.get().user)
    return client


def rule(basis_points: int, **scope: Any) -> None:
    since = datetime.date(2026, 1, 1)
    CommissionRule.objects.create(basis_points=basis_points, valid_from=since, source="test", **scope)


def taxed_above(limit: int) -> None:
    WithholdingRule.objects.create(
        code="test",
        valid_from=datetime.date(2026, 1, 1),
        seller_kinds=["household"],
        policy=WithholdingRule.Policy.ABOVE_LIMIT,
        yearly_limit=limit,
        vat_basis_points=100,
        income_tax_basis_points=50,
        source="test",
    )


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().replace("\xa0", " ").split())


class TestBeforeACropIsChosen:
    def test_the_crops_of_which_another_part_is_kept_are_named(self, durian: Crop) -> None:
        shown = preview(anh_tam(), timezone.localdate())
        assert (shown.commission, shown.net) == ("3", 97_000)
        assert shown.others == (KeptOfCrops("10", 90_000, ("Sầu riêng",)),)

    def test_the_page_says_it_without_a_script(self, tam: Client, durian: Crop) -> None:
        page = words(tam.get(ADD))
        assert "Chợ giữ lại 3 %: bán 100.000 ₫ bạn nhận 97.000 ₫." in page
        assert "Với Sầu riêng, chợ giữ lại 10 %: bạn nhận 90.000 ₫." in page

    def test_a_rule_for_the_seller_holds_for_every_crop(self, durian: Crop) -> None:
        rule(100, partner=anh_tam())
        shown = preview(anh_tam(), timezone.localdate())
        assert (shown.commission, shown.others) == ("1", ())


class TestOnceACropIsChosen:
    def test_its_rate_comes_first(self, tam: Client, durian: Crop) -> None:
        page = words(tam.post(ADD, {"crop": durian.pk}))
        assert "Chợ giữ lại 10 %: bán 100.000 ₫ bạn nhận 90.000 ₫." in page

    def test_of_a_product_too(self, tam: Client, durian: Crop) -> None:
        make_crop()
        product = make_product(partner=anh_tam(), crop=durian)
        page = words(tam.get(f"/ban-hang/san-pham/{product.pk}/"))
        assert "Chợ giữ lại 10 %: bán 100.000 ₫ bạn nhận 90.000 ₫." in page
        assert "Với Hạt điều rang, chợ giữ lại 3 %: bạn nhận 97.000 ₫." in page


class TestTheTax:
    def test_above_the_yearly_limit_is_what_the_next_sale_costs(self) -> None:
        taxed_above(100_000)
        assert preview(anh_tam(), timezone.localdate()).tax == "0"
        parcel = make_order((make_product(partner=anh_tam(), price=100_000), 1)).seller_orders.get()
        withhold(parcel, occurred_at=timezone.now())
        shown = preview(anh_tam(), timezone.localdate())
        assert (shown.tax, shown.net) == ("1,5", 98_500)

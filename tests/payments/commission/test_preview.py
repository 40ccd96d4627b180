"""What a seller reads of commission and tax before a product is listed is what is kept of its sale."""

import pytest
from django.test import Client
from django.utils import timezone

from catalogue.models import Crop
from payments.commission.preview import KeptOfCrops, preview
from payments.tax.services import withhold
from tests.factories import anh_tam, make_crop, make_order, make_product
from tests.payments.rules import commission, taxed_above
from tests.reading import page_words

pytestmark = pytest.mark.django_db
ADD = "/ban-hang/san-pham/them/"


@pytest.fixture
def durian() -> Crop:
    """The market keeps 10 % of it, and 3 % of the rest."""
    crop = make_crop("durian", name="Sầu riêng")
    commission(300)
    commission(1_000, crop=crop)
    return crop


@pytest.fixture
def tam(client: Client) -> Client:
    client.force_login(anh_tam().members.get().user)
    return client


class TestBeforeACropIsChosen:
    def test_the_crops_of_which_another_part_is_kept_are_named(self, durian: Crop) -> None:
        shown = preview(anh_tam(), timezone.localdate())
        assert (shown.commission, shown.net) == ("3", 97_000)
        assert shown.others == (KeptOfCrops("10", 90_000, ("Sầu riêng",)),)

    def test_the_page_says_it_without_a_script(self, tam: Client, durian: Crop) -> None:
        page = page_words(tam.get(ADD))
        assert "Chợ giữ lại 3 %: bán 100.000 ₫ bạn nhận 97.000 ₫." in page
        assert "Với Sầu riêng, chợ giữ lại 10 %: bạn nhận 90.000 ₫." in page

    def test_a_rule_for_the_seller_holds_for_every_crop(self, durian: Crop) -> None:
        commission(100, partner=anh_tam())
        shown = preview(anh_tam(), timezone.localdate())
        assert (shown.commission, shown.others) == ("1", ())


class TestOnceACropIsChosen:
    def test_its_rate_comes_first(self, tam: Client, durian: Crop) -> None:
        page = page_words(tam.post(ADD, {"crop": durian.pk}))
        assert "Chợ giữ lại 10 %: bán 100.000 ₫ bạn nhận 90.000 ₫." in page

    def test_of_a_product_too(self, tam: Client, durian: Crop) -> None:
        make_crop()
        product = make_product(partner=anh_tam(), crop=durian)
        page = page_words(tam.get(f"/ban-hang/san-pham/{product.pk}/"))
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

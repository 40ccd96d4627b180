import io
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from catalogue.crops import Grade, SaleMode
from catalogue.models import Listing, Product
from farmers.partner.models import PartnerMember
from marketplace.images.models import MarketImage
from tests.factories import anh_tam, htx_dong_phu, make_crop, make_product, make_user, stock_of

pytestmark = pytest.mark.django_db
LIST, ADD = "/ban-hang/san-pham/", "/ban-hang/san-pham/them/"


@pytest.fixture
def tam(client):
    client.force_login(anh_tam().members.get().user)
    return client


@pytest.fixture
def typed():
    """What anh Tâm types into the form of a new product."""
    return {
        "crop": make_crop().pk,
        "title": "Hạt điều rang muối vụ mới",
        "pack_grams": "500 g",
        "price": "95k",
        "left": "40",
        "initial-left": "",
        "commune": anh_tam().commune.code,
        "harvest_month": "2026-03",
        "description": "Rang củi.<script>alert(1)</script> <b>Giòn</b>",
        "is_public": "on",
    }


def photo(name: str = "dieu.jpg", colour: str = "orange") -> SimpleUploadedFile:
    out = io.BytesIO()
    Image.new("RGB", (64, 64), colour).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def edit(product: Product) -> str:
    return reverse("workspace:product_edit", args=[product.pk])


def sent(product: Product, **changes: object) -> dict[str, object]:
    """The form of this product as the browser would send it back."""
    left = stock_of(product).net_stock_level
    return {
        "crop": product.crop_id,
        "title": product.title,
        "pack_grams": "500 g",
        "price": "95.000 ₫",
        "left": left,
        "initial-left": left,
        "commune": product.commune_id,
        "is_public": "on",
    } | changes


class TestANewProduct:
    def test_is_listed_with_all_that_was_typed(self, tam, typed, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            assert tam.post(ADD, typed | {"photos": [photo()]}).url == LIST
        listing = Listing.objects.get()
        assert (listing.title, listing.price, listing.price_per_kg) == (
            "Hạt điều rang muối vụ mới",
            95_000,
            190_000,
        )
        assert (listing.net_stock, listing.seller) == (40, anh_tam())
        product = listing.product
        assert product.description == "Rang củi. Giòn"
        assert f"{product.harvest_month}" == "2026-03-01"
        assert product.slug == "hat-dieu-rang-muoi-vu-moi"
        assert product.images.count() == 1

    def test_is_raw_and_of_the_sellers_own_growing_only_if_the_seller_says_so(self, tam, typed):
        tam.post(ADD, typed)
        product = Product.objects.get()
        assert not product.is_own_raw_produce
        tam.post(edit(product), sent(product, is_own_raw_produce="on"))
        product.refresh_from_db()
        assert product.is_own_raw_produce
        assert "Nhà tự trồng, bán dạng thô" in tam.get(edit(product)).content.decode()
        assert tam.get(edit(product)).context["form"].initial["is_own_raw_produce"]

    def test_a_mistake_loses_neither_words_nor_photos(self, tam, typed):
        page = tam.post(ADD, typed | {"price": "chín lăm", "photos": [photo(), photo("hai.jpg", "green")]})
        assert page.status_code == 200
        assert page.context["form"].errors.keys() == {"price"}
        html = page.content.decode()
        for words in ("chín lăm", "Hạt điều rang muối vụ mới", "500 g", "Rang củi.", "2026-03"):
            assert words in html
        tokens = [card["token"] for card in page.context["photos"].cards()]
        tam.post(ADD, typed | {"photo": tokens, "cover": tokens[1]})
        images = Product.objects.get().images.order_by("display_order")
        assert [row.image_id for row in images] == [
            page.context["photos"].images[1].pk,
            page.context["photos"].images[0].pk,
        ]

    def test_a_file_that_is_no_photo_is_named(self, tam, typed):
        page = tam.post(ADD, typed | {"photos": [SimpleUploadedFile("bang-gia.pdf", b"%PDF-1.7")]})
        assert "bang-gia.pdf" in page.content.decode()
        assert not Product.objects.exists()

    def test_ten_photos_are_enough(self, tam, typed):
        page = tam.post(ADD, typed | {"photos": [photo(f"{n}.jpg") for n in range(11)]})
        assert len(page.context["photos"].images) == 10
        assert "10.jpg" in page.content.decode()

    def test_anothers_photo_cannot_be_claimed(self, tam, typed):
        foreign = MarketImage.objects.create(title="của người khác", file=photo("la.jpg"))
        tam.post(ADD, typed | {"photo": [str(foreign.pk), f"{foreign.pk}:made-up"]})
        assert not Product.objects.get().images.exists()

    def test_a_grade_of_another_crop_is_refused(self, tam, typed):
        other = Grade.objects.create(crop=make_crop("pepper_black", name="Hồ tiêu đen"), code="Loại 1")
        page = tam.post(ADD, typed | {"grade": other.pk})
        assert page.context["form"].errors.keys() == {"grade"}

    def test_rubber_is_sold_on_quotation_and_needs_no_price(self, tam, typed):
        rubber = make_crop("latex", name="Mủ cao su", sale_modes=["quote"])
        tam.post(ADD, typed | {"crop": rubber.pk, "price": ""})
        product = Product.objects.get()
        assert product.sale_mode == SaleMode.QUOTE
        assert stock_of(product).price is None

    def test_what_is_sold_by_parcel_needs_a_price(self, tam, typed):
        assert tam.post(ADD, typed | {"price": ""}).context["form"].errors.keys() == {"price"}


class TestAnExistingProduct:
    def test_shows_what_it_is(self, tam):
        page = tam.get(edit(make_product("Hạt điều rang", price=95_000, stock=12))).content.decode()
        for words in ('value="95.000\xa0₫"', 'value="500\xa0g"', 'value="12"'):
            assert words in page

    def test_packs_that_sell_while_the_form_is_open_stay_sold(self, tam):
        product = make_product(stock=12)
        form = sent(product, left="15")
        stock = stock_of(product)
        stock.num_in_stock, stock.num_allocated = 10, 1  # two went out, one is held
        stock.save()
        tam.post(edit(product), form)
        assert stock_of(product).num_in_stock == 13

    def test_photos_can_be_taken_away(self, tam):
        product = make_product()
        tam.post(edit(product), sent(product) | {"photos": [photo(), photo("hai.jpg", "green")]})
        page = tam.get(edit(product))
        keep = page.context["photos"].cards()[1]["token"]
        tam.post(edit(product), sent(product) | {"photo": [keep]})
        assert [row.display_order for row in product.images.all()] == [0]

    def test_can_be_put_away(self, tam, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            product = make_product()
        form = sent(product)
        del form["is_public"]
        with django_capture_on_commit_callbacks(execute=True):
            tam.post(edit(product), form)
        assert not Listing.objects.exists()

    @pytest.mark.parametrize("method", ["get", "post"])
    def test_does_not_exist_for_another_seller(self, tam, method):
        foreign = make_product("Tiêu đen", partner=htx_dong_phu())
        for address in (edit(foreign), reverse("workspace:stock", args=[foreign.pk])):
            assert getattr(tam, method)(address, {"left": 0, "shown": 50, "title": "x"}).status_code == 404
        assert stock_of(foreign).num_in_stock == 50
        assert Product.objects.get().title == "Tiêu đen"

    def test_a_helper_counts_but_sets_no_price(self, client):
        helper = make_user("+84912000077")
        PartnerMember.objects.create(partner=anh_tam(), user=helper, role=PartnerMember.Role.STAFF)
        client.force_login(helper)
        product = make_product(stock=5)
        assert client.post(edit(product), sent(product, price="1000")).status_code == 403
        assert client.get(ADD).status_code == 403
        client.post(reverse("workspace:stock", args=[product.pk]), {"left": 7, "shown": 5})
        assert stock_of(product).num_in_stock == 7
        assert f'href="{edit(product)}"' not in client.get(LIST).content.decode()


class TestStockFromTheList:
    def test_books_the_difference_to_what_was_shown(self, tam):
        product = make_product(stock=12)
        answer = tam.post(reverse("workspace:stock", args=[product.pk]), {"left": 14, "shown": 10})
        assert answer.url == f"{LIST}#p{product.pk}"
        assert stock_of(product).num_in_stock == 16

    def test_sold_out_for_now_is_undone_the_same_way(self, tam):
        product = make_product(stock=12)
        address = reverse("workspace:stock", args=[product.pk])
        tam.post(address, {"paused": "1"})
        assert stock_of(product).is_paused
        assert "Tạm hết: khách chưa đặt được" in tam.get(LIST).content.decode()
        tam.post(address, {"paused": "0"})
        assert not stock_of(product).is_paused
        assert stock_of(product).num_in_stock == 12

    @pytest.mark.parametrize("nonsense", [{}, {"left": "nhiều", "shown": "3"}, {"left": "-1", "shown": "3"}])
    def test_nonsense_changes_nothing_and_is_said(self, tam, nonsense):
        product = make_product(stock=12)
        page = tam.post(reverse("workspace:stock", args=[product.pk]), nonsense, follow=True)
        assert stock_of(product).num_in_stock == 12
        assert [message.level_tag for message in page.context["messages"]] == ["error"]

    def test_asks_the_database_as_often_for_many_products_as_for_one(
        self, tam, django_assert_max_num_queries
    ):
        make_product()
        with django_assert_max_num_queries(12) as few:
            tam.get(LIST)
        for _ in range(5):
            make_product()
        with django_assert_max_num_queries(len(few.captured_queries)):
            tam.get(LIST)


class TestThePriceOfAKilogram:
    @pytest.mark.parametrize(
        ("price", "pack", "words"),
        [("95k", "500g", "= 190.000\xa0₫/kg"), ("", "500g", ""), ("95k", "", ""), ("95k", "1", "")],
    )
    def test_is_said_once_it_can_be_known(self, tam, price, pack, words):
        answer = tam.get("/ban-hang/san-pham/gia-ky/?" + urlencode({"price": price, "pack": pack}))
        assert answer.content.decode() == words

import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from catalogue.crop_table import load_crops
from catalogue.listing import refresh
from catalogue.listing.refresh import per_kilogram, refresh_listings, refresh_stock
from catalogue.models import Category, Crop, Listing, Product, ProductImage
from catalogue.search.query import Query
from catalogue.search.results import search
from catalogue.tasks import repair_listings
from farmers.models import Certification
from farmers.partner.models import Partner
from marketplace.address.models import CommuneAlias
from marketplace.images.models import MarketImage
from tests.factories import anh_tam, make_product, make_user, stock_of
from tests.second_factor import sign_in_staff

pytestmark = pytest.mark.django_db


def listing_of(product: Product) -> Listing:
    return Listing.objects.get(product=product)


def certify(partner: Partner, scheme: str, *, days: int = 100, **fields: object) -> Certification:
    today = timezone.localdate()
    return Certification.objects.create(
        partner=partner,
        scheme=scheme,
        number=f"{scheme}-{Certification.objects.count()}",
        issuer="Sở Nông nghiệp",
        issued_on=today - datetime.timedelta(days=300),
        expires_on=today + datetime.timedelta(days=days),
        **{"verified_at": timezone.now(), **fields},
    )


def test_a_listing_holds_all_that_a_card_shows() -> None:
    product = make_product("Hạt điều rang muối W240", price=95_000, pack_grams=500, stock=7)
    refresh_listings([product.pk])
    listing = listing_of(product)
    assert (listing.title, listing.price, listing.price_per_kg) == (
        "Hạt điều rang muối W240",
        95_000,
        190_000,
    )
    assert (listing.pack_label, listing.net_stock, listing.stock) == ("500\u00a0g", 7, "available")
    assert (listing.seller_name, listing.commune_name) == ("Nhà vườn anh Tâm", "Xã Bù Đăng")
    assert listing.url == f"/san-pham/hat-dieu-rang-muoi-w240-{product.pk}/"
    assert listing.picture == {}
    assert listing.is_for_sale


@pytest.mark.parametrize(
    ("price", "weight", "expected"),
    [
        (95_000, 500, 190_000),
        (100_000, 300, 333_333),
        (50_000, 300, 166_667),
        (85, 170, 500),
        (None, 1000, None),
    ],
)
def test_price_per_kilogram_is_rounded_half_up(price: int | None, weight: int, expected: int | None) -> None:
    assert per_kilogram(price, weight) == expected


@pytest.mark.parametrize(
    ("stock", "held", "paused", "left", "state"),
    [
        (50, 0, False, 50, "available"),
        (6, 0, False, 6, "available"),
        (50, 45, False, 5, "low"),
        (50, 50, False, 0, "sold_out"),
        (50, 0, True, 0, "sold_out"),
    ],
)
def test_stock_is_what_no_order_holds(stock: int, held: int, paused: bool, left: int, state: str) -> None:
    product = make_product(stock=stock, is_paused=paused)
    record = stock_of(product)
    record.num_allocated = held
    record.save()
    refresh_listings([product.pk])
    assert (listing_of(product).net_stock, listing_of(product).stock) == (left, state)


def test_stock_alone_can_be_refreshed() -> None:
    product = make_product(stock=9)
    refresh_listings([product.pk])
    Product.objects.filter(pk=product.pk).update(title="Tên mới")
    type(stock_of(product)).objects.filter(product=product).update(num_allocated=8)
    refresh_stock([product.pk])
    assert (listing_of(product).net_stock, listing_of(product).stock) == (1, "low")
    assert listing_of(product).title != "Tên mới"


def test_only_what_is_on_sale_is_listed() -> None:
    suspended = Partner.objects.create(name="Ngưng", status=Partner.Status.SUSPENDED)
    shown = make_product()
    hidden = [make_product(is_public=False), make_product(partner=suspended)]
    refresh_listings([shown.pk, *(product.pk for product in hidden)])
    assert list(Listing.objects.values_list("pk", flat=True)) == [shown.pk]


def test_a_product_taken_off_loses_its_listing_and_comes_back() -> None:
    product = make_product()
    refresh_listings([product.pk])
    Product.objects.filter(pk=product.pk).update(is_public=False)
    refresh_listings([product.pk])
    assert not Listing.objects.exists()
    Product.objects.filter(pk=product.pk).update(is_public=True)
    refresh_listings([product.pk])
    assert Listing.objects.exists()


def test_a_product_on_quotation_shows_no_price() -> None:
    product = make_product(sale_mode="quote", price=30_000)
    refresh_listings([product.pk])
    assert listing_of(product).price is None
    assert listing_of(product).price_per_kg is None
    assert not listing_of(product).is_for_sale


def test_certificates_must_be_verified_valid_and_about_this_product() -> None:
    partner = anh_tam()
    product, other = make_product(partner=partner), make_product(partner=partner)
    certify(partner, "vietgap")
    certify(partner, "ocop4", product=product)
    certify(partner, "ocop5", product=other)
    certify(partner, "organic", days=-1)
    certify(partner, "globalgap", verified_at=None)
    refresh_listings([product.pk])
    assert sorted(listing_of(product).certificates) == ["ocop4", "vietgap"]


def test_a_listing_is_filed_under_its_crops_category_and_those_above() -> None:
    load_crops()
    crop = Crop.objects.get(code="pepper_black")
    product = make_product("Tiêu đen Lộc Ninh", crop=crop)
    gifts = Category.add_root(name="Quà Tết", slug="qua-tet")
    product.categories.add(gifts)
    refresh_listings([product.pk])
    filed = listing_of(product).in_categories.values_list("category__name", flat=True)
    assert sorted(filed) == ["Gia vị", "Hồ tiêu đen", "Quà Tết"]
    product.categories.clear()
    refresh_listings([product.pk])
    assert sorted(filed.all()) == ["Gia vị", "Hồ tiêu đen"]


def test_the_first_picture_is_the_cards() -> None:
    product = make_product()
    second, first = (MarketImage.objects.create(title=t, file=f"{t}.jpg", width=8, height=6) for t in "ab")
    ProductImage.objects.create(product=product, image=second, display_order=1)
    ProductImage.objects.create(product=product, image=first, display_order=0)
    refresh_listings([product.pk])
    assert listing_of(product).picture == {"alt": "b", "width": 8, "height": 6, "sources": {}}


def test_former_districts_are_searched() -> None:
    product = make_product()
    CommuneAlias.objects.create(
        old_ward_code="25400",
        old_province="Tỉnh Bình Phước",
        old_district="Huyện Bù Đăng",
        old_ward="Xã Minh Hưng",
        commune=product.commune,
        folded="",
    )
    refresh_listings([product.pk])
    assert "'phuoc'" in str(listing_of(product).document)


def test_statements_do_not_grow_with_the_products(
    django_assert_num_queries: DjangoAssertNumQueries, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    products = [make_product() for _ in range(12)]
    with django_assert_max_num_queries(11) as one:
        refresh_listings([products[0].pk])
    with django_assert_num_queries(len(one)):
        refresh_listings([product.pk for product in products])


def test_saving_a_product_or_its_picture_refreshes_after_the_commit(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        product = make_product("Cũ")
    assert listing_of(product).title == "Cũ"
    with django_capture_on_commit_callbacks(execute=True):
        product.title = "Mới"
        product.save()
    assert listing_of(product).title == "Mới"


@pytest.mark.parametrize("repair", [lambda: call_command("refresh_listings", verbosity=0), repair_listings])
def test_the_repair_finds_what_was_missed_and_what_should_not_be_there(
    repair: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refresh, "BATCH", 1)
    missed, gone = make_product(), make_product()
    refresh_listings([gone.pk])
    Product.objects.filter(pk=gone.pk).update(is_public=False)
    repair()
    assert list(Listing.objects.values_list("pk", flat=True)) == [missed.pk]


def test_a_certificate_that_ends_leaves_the_cards_with_the_nightly_repair() -> None:
    product = make_product()
    certify(product.seller, "vietgap", days=1)
    refresh_listings([product.pk])
    assert listing_of(product).certificates == ["vietgap"]
    with time_machine.travel(timezone.now() + datetime.timedelta(days=2)):
        repair_listings()
    assert listing_of(product).certificates == []


def test_renaming_a_crop_in_the_back_office_renames_it_for_search(
    client: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    load_crops()
    sign_in_staff(client, make_user(is_staff=True, is_superuser=True))
    crop = Crop.objects.get(code="pineapple")
    product = make_product("Trái ngọt", crop=crop)
    refresh_listings([product.pk])
    form = {
        "code": crop.code,
        "name": "Thơm",
        "other_names": "dứa,huyền nương",
        "name_en": "Pineapple",
        "group": "fruit",
        "sale_modes": "parcel",
        "season_months": "1,2,3",
        "keeps_days": "7",
        "position": "1",
        "grades-TOTAL_FORMS": "0",
        "grades-INITIAL_FORMS": "0",
    }
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(f"/admin/catalogue/crop/{crop.pk}/change/", form)
    assert answer.status_code == 302
    assert [found.pk for found in search(Query.read("huyen nuong")).listings] == [product.pk]

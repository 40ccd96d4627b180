"""Writes the market of `records` into the database, past the doors that people use: bulk rows, then listings."""

import datetime
import itertools
from collections.abc import Iterable, Sequence

from django.utils import timezone
from oscar.core.loading import get_model

from catalogue.crop_table import load_crops
from catalogue.crops import Crop, Grade
from catalogue.listing.refresh import BATCH, refresh_listings
from catalogue.products import Product, ProductImage
from catalogue.search.fold import slugify_vi
from farmers.models import Certification
from farmers.partner.models import Partner, StockRecord
from marketplace.address.models import Commune
from marketplace.bench import records
from marketplace.images.encoding import FORMATS, WIDTHS
from marketplace.images.models import MarketImage, Rendition
from marketplace.images.renditions import filter_spec

PICTURES = 50
#: the communes that the former Bình Phước became, by their codes
FORMER_BINH_PHUOC = ("25195", "25450")

ProductClass = get_model("catalogue", "ProductClass")


def fill(count: int) -> None:
    """Bring an empty or partly filled market to `count` products with their listings. Needs load_places."""
    load_crops()
    communes = list(Commune.objects.filter(code__range=FORMER_BINH_PHUOC).order_by("code"))
    places = [commune.name.partition(" ")[2] for commune in communes]
    partners = _partners(records.sellers(places), communes)
    crops = list(Crop.objects.filter(sale_modes__contains=["parcel"]).prefetch_related("grades"))
    facts = [records.CropFacts(crop.name, tuple(grade.code for grade in crop.grades.all())) for crop in crops]
    images = _images()
    wanted = records.products(count, facts, places)
    for batch in _batches(itertools.islice(wanted, Product.objects.count(), None)):
        _write(batch, crops, partners, images)


def _write(
    batch: Sequence[records.ProductRecord],
    crops: Sequence[Crop],
    partners: Sequence[Partner],
    images: Sequence[MarketImage],
) -> None:
    kind, _ = ProductClass.objects.get_or_create(name="Nông sản", defaults={"slug": "nong-san"})
    grades = {(grade.crop_id, grade.code): grade for grade in Grade.objects.all()}
    made = Product.objects.bulk_create(
        Product(
            title=record.title,
            slug=slugify_vi(record.title),
            product_class=kind,
            seller=partners[record.seller],
            crop=crops[record.crop],
            grade=grades.get((crops[record.crop].pk, record.grade)),
            commune=partners[record.seller].commune,
            pack_grams=record.grams,
            description=f"{record.title}, {partners[record.seller].name} trồng và đóng gói. " * 3,
        )
        for record in batch
    )
    rows = list(zip(made, batch, strict=True))
    StockRecord.objects.bulk_create(
        StockRecord(
            product=product,
            partner=product.seller,
            partner_sku=f"BENCH-{record.number:07d}",
            price=record.price,
            num_in_stock=record.stock,
            num_allocated=0,
        )
        for product, record in rows
    )
    ProductImage.objects.bulk_create(
        ProductImage(product=product, image=images[record.picture % len(images)]) for product, record in rows
    )
    refresh_listings(product.pk for product in made)


def _partners(sellers: Sequence[records.SellerRecord], communes: Sequence[Commune]) -> list[Partner]:
    known = Partner.objects.select_related("commune").in_bulk(
        [f"bench-{seller.number}" for seller in sellers], field_name="code"
    )
    return [known.get(f"bench-{seller.number}") or _partner(seller, communes) for seller in sellers]


def _partner(seller: records.SellerRecord, communes: Sequence[Commune]) -> Partner:
    partner = Partner.objects.create(
        code=f"bench-{seller.number}",
        name=seller.name,
        kind=seller.kind,
        status=Partner.Status.ACTIVE,
        commune=communes[seller.place],
    )
    if seller.scheme:
        today = timezone.localdate()
        Certification.objects.create(
            partner=partner,
            scheme=seller.scheme,
            number=f"B-{seller.number}",
            issuer="Bench",
            issued_on=today - datetime.timedelta(days=100),
            expires_on=today + datetime.timedelta(days=600),
            verified_at=timezone.now(),
        )
    return partner


def _images() -> list[MarketImage]:
    """PICTURES pictures with the rows of their renditions; no file is made, pages only write addresses."""
    known = list(MarketImage.objects.filter(file__startswith="bench/").order_by("pk"))
    if known:
        return known
    images = MarketImage.objects.bulk_create(_image(number) for number in range(PICTURES))
    Rendition.objects.bulk_create(
        _rendition(image, kind, width) for image in images for kind in FORMATS for width in WIDTHS
    )
    return images


def _image(number: int) -> MarketImage:
    file = f"bench/{number}.jpg"
    return MarketImage(title=f"Bench {number}", file=file, width=960, height=960, renditions_ready=True)


def _rendition(image: MarketImage, kind: str, width: int) -> Rendition:
    return Rendition(
        image=image,
        filter_spec=filter_spec(width, kind),
        file=f"images/bench_{image.pk}.width-{width}.{kind}",
        width=width,
        height=width,
        focal_point_key="",
    )


def _batches(wanted: Iterable[records.ProductRecord]) -> Iterable[list[records.ProductRecord]]:
    iterator = iter(wanted)
    while batch := list(itertools.islice(iterator, BATCH)):
        yield batch

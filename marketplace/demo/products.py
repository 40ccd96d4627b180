"""What the demo sellers offer."""

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from oscar.core.loading import get_model

from catalogue.listing.refresh import refresh_listings
from catalogue.models import Crop, Product, ProductImage
from catalogue.search.fold import slugify_vi
from farmers.partner.models import Partner, StockRecord
from marketplace.demo import records
from marketplace.demo.pictures import Album

ProductClass = get_model("catalogue", "ProductClass")

#: of a crop's drawing; each costs the first start two seconds of encoding
VARIANTS = 3
#: between two products on the list of the newest
APART = timedelta(hours=7)


def missing_products(products: list[records.Product]) -> list[tuple[int, records.Product]]:
    """Those not in the market yet, with their places on the list of the newest."""
    known = set(StockRecord.objects.values_list("partner_sku", flat=True))
    placed = enumerate(_mixed(products))
    return [(place, product) for place, product in placed if product.sku not in known]


def _mixed(products: Iterable[records.Product]) -> list[records.Product]:
    """In rounds with one product of each crop; what is sold out or not sold by parcel comes last."""
    rounds: Counter[str] = Counter()
    placed = []
    for product in products:
        rounds[product.crop] += 1
        asleep = product.stock == 0 or product.sale_mode != "parcel"
        placed.append(((asleep, rounds[product.crop]), product))
    return [product for _, product in sorted(placed, key=lambda pair: pair[0])]


def add_product(placed: tuple[int, records.Product], *, album: Album) -> None:
    """One product with its stock and picture; its place counts back from the newest on the list."""
    place, product = placed
    crop = Crop.objects.get(code=product.crop)
    partner = Partner.objects.get(code=product.seller)
    row = Product.objects.create(
        title=product.title,
        slug=slugify_vi(product.title),
        description=product.story,
        product_class=ProductClass.objects.get_or_create(name="Nông sản", slug="nong-san")[0],
        seller=partner,
        crop=crop,
        grade=crop.grades.get(code=product.grade) if product.grade else None,
        sale_mode=product.sale_mode,
        pack_grams=product.pack_grams,
        pack_label=product.pack_label,
        commune=partner.commune,
        harvest_month=product.harvest,
    )
    Product.objects.filter(pk=row.pk).update(date_created=timezone.now() - place * APART)
    StockRecord.objects.create(
        product=row,
        partner=partner,
        partner_sku=product.sku,
        price=product.price,
        num_in_stock=product.stock,
        num_allocated=0,
    )
    ProductImage.objects.create(product=row, image=album(_picture(crop)), display_order=0)


def show_products() -> None:
    """Bring the listings up to what was added: products, certificates, pictures."""
    refresh_listings(Product.objects.values_list("pk", flat=True))


def _picture(crop: Crop) -> records.Picture:
    """The next variant of the crop's drawing, so that neighbours in a list differ."""
    turn = Product.objects.filter(crop=crop).count() % VARIANTS
    return records.Picture(drawing=crop.code, title=crop.name, variant=turn)

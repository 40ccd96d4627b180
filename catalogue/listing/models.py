"""The read model of decision 13: one row per product on sale with all a card, a list or a search needs."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Case, Value, When
from django.utils.translation import gettext_lazy as _

from catalogue.listing.managers import ListingManager
from catalogue.listing.sorts import BY_KILOGRAM, BY_PRICE, BY_PRICE_DOWN

#: packs left at which a card says "few left"
FEW = 5


class Listing(models.Model):
    class Stock(models.TextChoices):
        AVAILABLE = "available", _("In stock")
        LOW = "low", _("Few left")
        SOLD_OUT = "sold_out", _("Sold out")

    # What a search reads of every hit comes first: PostgreSQL walks a row from its beginning to the column it wants.
    product = models.OneToOneField("catalogue.Product", on_delete=models.CASCADE, primary_key=True)
    # Foreign keys without an index of their own: each begins one of the indexes below.
    crop = models.ForeignKey("catalogue.Crop", on_delete=models.CASCADE, related_name="+", db_index=False)
    #: packs that can be ordered now
    net_stock = models.PositiveIntegerField(default=0)
    #: fold(title and all names), for prefixes and trigrams
    folded = models.TextField()
    #: A title, B names of the crop, C grade, place and seller, D former places; folded and as written
    document = SearchVectorField()
    seller = models.ForeignKey("partner.Partner", on_delete=models.CASCADE, related_name="+", db_index=False)
    title = models.CharField(max_length=255)
    url = models.CharField(max_length=400)
    sale_mode = models.CharField(max_length=16)
    #: whole đồng for one pack; null when only on quotation
    price = models.BigIntegerField(null=True)
    #: whole đồng for one kilogram, rounded half up
    price_per_kg = models.BigIntegerField(null=True)
    pack_label = models.CharField(max_length=40)
    stock = models.GeneratedField(
        expression=Case(
            When(net_stock=0, then=Value(Stock.SOLD_OUT.value)),
            When(net_stock__lte=FEW, then=Value(Stock.LOW.value)),
            default=Value(Stock.AVAILABLE.value),
        ),
        output_field=models.CharField(max_length=16, choices=Stock.choices),
        db_persist=True,
    )
    seller_name = models.CharField(max_length=128)
    seller_url = models.CharField(max_length=400, blank=True)
    grade_code = models.CharField(max_length=40, blank=True)
    commune_code = models.CharField(max_length=5, blank=True)
    commune_name = models.CharField(max_length=120, blank=True)
    #: codes of valid, verified certificates: vietgap, globalgap, organic, gi, ocop3, ocop4, ocop5
    certificates = ArrayField(models.CharField(max_length=16), default=list)
    #: {"alt": str, "width": int, "height": int, "sources": {"avif": {"320": url, …}, "webp": …, "jpeg": …}}
    picture = models.JSONField(default=dict)
    #: newest first
    listed_at = models.DateTimeField()
    #: seller and places alone, folded: what a search for farms looks at
    seller_document = SearchVectorField()

    objects = ListingManager()

    class Meta:
        app_label = "catalogue"
        indexes = [
            models.Index(fields=["-listed_at", "-product"], name="listing_newest"),
            models.Index(BY_PRICE, "product", name="listing_price"),
            models.Index(BY_PRICE_DOWN, "product", name="listing_price_down"),
            models.Index(BY_KILOGRAM, "product", name="listing_kilogram"),
            models.Index(fields=["crop", "-listed_at", "-product"], name="listing_crop"),
            models.Index(fields=["seller", "-listed_at", "-product"], name="listing_seller"),
            models.Index(fields=["commune_code", "-listed_at", "-product"], name="listing_commune"),
            GinIndex(fields=["certificates"], name="listing_certificates"),
            GinIndex(fields=["document"], name="listing_document"),
            GinIndex(fields=["seller_document"], name="listing_seller_document"),
            GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="listing_folded_trgm"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_for_sale(self) -> bool:
        """Whether it can go into a basket now; anything else shows "Liên hệ" or "sold out"."""
        return self.sale_mode == "parcel" and self.price is not None and self.net_stock > 0


class ListingCategory(models.Model):
    """A listing under each of its categories and all of their ancestors, in the order that lists show."""

    listing = models.ForeignKey(
        Listing, on_delete=models.CASCADE, related_name="in_categories", db_index=False
    )
    category = models.ForeignKey(
        "catalogue.Category", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    listed_at = models.DateTimeField()

    class Meta:
        app_label = "catalogue"
        constraints = [
            models.UniqueConstraint(fields=["listing", "category"], name="one_row_per_listing_category")
        ]
        indexes = [models.Index(fields=["category", "-listed_at", "-listing"], name="category_newest")]

    def __str__(self) -> str:
        return f"{self.listing_id} in {self.category_id}"

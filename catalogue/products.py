"""A product: one pack of one crop from one seller, with its weight, grade and story."""

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from oscar.apps.catalogue.abstract_models import AbstractProduct, AbstractProductImage

from catalogue.crops import Crop, Grade, SaleMode
from catalogue.listing.refresh import refresh_on_commit
from catalogue.story import plain_story


class Product(AbstractProduct):
    #: the one seller who may change this text; Oscar lets every partner with a stock record do so
    seller = models.ForeignKey(
        "partner.Partner", on_delete=models.PROTECT, related_name="products", null=True
    )
    crop = models.ForeignKey(Crop, on_delete=models.PROTECT, related_name="products", null=True)
    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    sale_mode = models.CharField(max_length=16, choices=SaleMode.choices, default=SaleMode.PARCEL)
    #: net grams of one pack: the base of đ/kg and of the parcel's weight
    pack_grams = models.PositiveIntegerField(_("Grams in a pack"), default=1000)
    #: what the buyer reads, when it is not a weight: "500 ml", "trái 2–3 kg"
    pack_label = models.CharField(max_length=40, blank=True)
    #: where it grew
    commune = models.ForeignKey("address.Commune", on_delete=models.PROTECT, null=True, related_name="+")
    #: first day of the month it was harvested or made
    harvest_month = models.DateField(null=True, blank=True)
    #: by its seller's word: grown by the seller and not processed. Tax may treat it otherwise (payments.tax)
    is_own_raw_produce = models.BooleanField(default=False)

    class Meta(AbstractProduct.Meta):
        abstract = False
        constraints = [models.CheckConstraint(condition=models.Q(pack_grams__gt=0), name="pack_has_weight")]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """The story is cleaned here, whichever door it came through, and the listing follows."""
        self.description = plain_story(self.description)  # type: ignore[has-type]  # Oscar's field
        super().save(*args, **kwargs)
        refresh_on_commit([self.pk])

    def get_absolute_url(self) -> str:
        return reverse("catalogue:product", kwargs={"slug": self.slug, "pk": self.pk})


class ProductImage(AbstractProductImage):
    """A photo of the product through the one image pipeline; display_order 0 is the card's."""

    original = None
    image = models.ForeignKey("images.MarketImage", on_delete=models.PROTECT, related_name="+")

    class Meta(AbstractProductImage.Meta):
        abstract = False

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        refresh_on_commit([self.product_id])

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        refresh_on_commit([self.product_id])
        return super().delete(*args, **kwargs)

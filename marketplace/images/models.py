"""The one picture model: products, farms and stories share it, and its files carry no camera data."""

from django.db import models
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class MarketImage(AbstractImage):
    #: set when every rendition of RENDITIONS exists, so that no page makes one in a request
    renditions_ready = models.BooleanField(default=False, editable=False)

    admin_form_fields = Image.admin_form_fields


class Rendition(AbstractRendition):
    image = models.ForeignKey(MarketImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_spec"
            ),
        ]

"""The one picture model: products, farms and stories share it, and its files carry no camera data."""

from typing import Any

from django.db import models, transaction
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from marketplace.outbox.services import enqueue


class MarketImage(AbstractImage):
    #: set when every rendition of RENDITIONS exists, so that no page makes one in a request
    renditions_ready = models.BooleanField(default=False, editable=False)

    admin_form_fields = Image.admin_form_fields

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        """A file that comes in, also in another's place, gets its renditions by the outbox."""
        comes_in = not self.file._committed
        if comes_in:
            self.renditions_ready = False
        super().save(*args, **kwargs)
        if comes_in:
            enqueue("renditions", {"image": self.pk}, key=f"renditions:{self.file.name}")


class Rendition(AbstractRendition):
    image = models.ForeignKey(MarketImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "filter_spec", "focal_point_key"], name="one_rendition_per_spec"
            ),
        ]

"""The photos of a product while its form is on the screen.

A photo is kept as soon as it arrives, so that a mistake elsewhere in the form never costs a second upload. The
form carries the photos along as signed ids: a seller can neither name another's picture nor lose an own one.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, Signer
from django.http import QueryDict
from django.utils.translation import gettext as _

from catalogue.models import Product, ProductImage
from farmers.partner.models import Partner
from marketplace.images.models import MarketImage
from marketplace.images.renditions import picture_data
from marketplace.images.services import add_image

MOST = 10


@dataclass
class Photos:
    """Images in the order that buyers see them; the first is the card's."""

    stall: Partner
    images: list[MarketImage] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @classmethod
    def of_product(cls, stall: Partner, product: Product | None) -> "Photos":
        rows = ProductImage.objects.filter(product=product).order_by("display_order", "pk")
        return cls(stall, [row.image for row in rows.select_related("image")] if product else [])

    @classmethod
    def sent(
        cls, stall: Partner, data: QueryDict, files: Iterable[UploadedFile[Any]], *, title: str
    ) -> "Photos":
        """What the form brought back (`photo`: kept ones, `cover`: the first) and new `files`."""
        photos = cls(stall)
        kept = [photos._unsigned(token) for token in data.getlist("photo")]
        cover = photos._unsigned(data.get("cover", ""))
        kept.sort(key=lambda pk: pk != cover)
        found = MarketImage.objects.in_bulk([pk for pk in kept if pk])
        photos.images = [found[pk] for pk in dict.fromkeys(kept) if pk in found]
        for file in files:
            photos._add(file, title=title)
        return photos

    def cards(self) -> list[dict[str, Any]]:
        """For the template: the picture and the token that stands for it."""
        return [
            {"picture": picture_data(image), "url": image.file.url, "token": self._signer.sign(str(image.pk))}
            for image in self.images
        ]

    def _add(self, file: UploadedFile[Any], *, title: str) -> None:
        if len(self.images) >= MOST:
            self.errors.append(
                _("%(most)d photos are enough; %(name)s was left out.") % {"most": MOST, "name": file.name}
            )
            return
        try:
            self.images.append(add_image(file, title=title))
        except ValidationError as error:
            self.errors.extend(f"{file.name}: {message}" for message in error.messages)

    @property
    def _signer(self) -> Signer:
        return Signer(salt=f"photo of stall {self.stall.pk}")

    def _unsigned(self, token: str) -> int:
        """0 for what was not signed for this stall."""
        try:
            return int(self._signer.unsign(token))
        except BadSignature:
            return 0

"""Illustrations of the demo market as pictures like any other, through the one picture pipeline."""

import io
from collections.abc import Callable, Iterator

from django.db import transaction

from marketplace.demo import illustrate
from marketplace.demo.records import Picture
from marketplace.images.models import MarketImage
from marketplace.images.renditions import make
from marketplace.images.services import add_image

#: the largest rendition's
WIDTH = 960


#: gives the picture's row, made once in a build however many products show it
Album = Callable[[Picture], MarketImage]


def add_picture(picture: Picture) -> MarketImage:
    """Its title is what a screen reader says."""
    jpeg = illustrate.render(picture.drawing, WIDTH, variant=picture.variant)
    return add_image(io.BytesIO(jpeg), title=f"{picture.title} (tranh minh họa)")


def make_renditions() -> Iterator[tuple[int, int]]:
    """Make what the worker would make later, so that the first visitor sees pictures; yields (done, all)."""
    waiting = MarketImage.objects.filter(renditions_ready=False).order_by("pk")
    keys = list(waiting.values_list("pk", flat=True))
    for done, key in enumerate(keys, start=1):
        with transaction.atomic():
            make({"image": key})
        yield done, len(keys)

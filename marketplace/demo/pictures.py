"""Illustrations of the demo market as pictures like any other, through the one picture pipeline."""

import io
import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed

from django.db import transaction

from marketplace.demo import illustrate
from marketplace.demo.records import Picture
from marketplace.images.encoding import encode
from marketplace.images.models import MarketImage
from marketplace.images.renditions import keep, original
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
    """Make what the worker would make later, so that the first visitor sees pictures; yields (done, all).

    Encoding takes most of a first start: every core encodes one, while this thread stores what is ready.
    """
    waiting = list(MarketImage.objects.filter(renditions_ready=False).order_by("pk"))
    with ThreadPoolExecutor(os.cpu_count()) as encoders:
        encoding = {encoders.submit(encode, original(image)): image for image in waiting}
        for done, encoded in enumerate(as_completed(encoding), start=1):
            with transaction.atomic():
                keep(encoding[encoded], encoded.result())
            yield done, len(waiting)

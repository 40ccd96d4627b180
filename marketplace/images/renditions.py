"""The sizes and formats that pages use, made by a task so that no request ever encodes a picture."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any

from django.core.files.base import ContentFile

from marketplace.outbox.services import enqueue

from .encoding import FORMATS, QUALITY, WIDTHS, Encoded, encode
from .models import MarketImage, Rendition


def filter_spec(width: int, kind: str) -> str:
    """Wagtail's own rendition language, e.g. width-480|format-avif|avifquality-55."""
    return f"width-{width}|format-{kind}|{kind}quality-{QUALITY[kind]}"


_SPECS = {filter_spec(width, kind): (kind, width) for kind in FORMATS for width in WIDTHS}

_FILE = Rendition._meta.get_field("file")
_STORAGE = _FILE.storage


def make(payload: dict[str, Any]) -> None:
    """Outbox handler; `payload` is {"image": pk}. A picture deleted meanwhile needs nothing, nor one that has all."""
    image = MarketImage.objects.filter(pk=payload["image"], renditions_ready=False).first()
    if image is not None:
        keep(image, encode(original(image)))


def original(image: MarketImage) -> bytes:
    with image.open_file() as file:
        return bytes(file.read())


def keep(image: MarketImage, encoded: Iterable[Encoded]) -> None:
    """Store what was made of `image` and tell those who show it; belongs inside a transaction.

    Through Wagtail each would be decoded again, the original before and the result after.
    """
    there = set(image.renditions.values_list("filter_spec", flat=True))
    made = [_rendition(image, one) for one in encoded if filter_spec(one.width, one.kind) not in there]
    Rendition.objects.bulk_create(made)
    MarketImage.objects.filter(pk=image.pk).update(renditions_ready=True)
    enqueue("picture_ready", {"image": image.pk}, key=f"picture_ready:{image.file.name}")


def _rendition(image: MarketImage, encoded: Encoded) -> Rendition:
    """With its file stored already, else the field would open it to measure it."""
    spec = filter_spec(encoded.width, encoded.kind)
    width, height = encoded.size
    rendition = Rendition(image=image, filter_spec=spec, focal_point_key="", width=width, height=height)
    name = f"{PurePath(image.file.name).stem}.{encoded.width}.{encoded.kind}"
    path = _FILE.generate_filename(rendition, name)
    rendition.file.name = _STORAGE.save(path, ContentFile(encoded.data))
    return rendition


def picture_data(image: MarketImage | None) -> dict[str, Any]:
    """What components/picture.html needs, from renditions that exist; reads `image.renditions` (prefetch it).

    {"alt": str, "width": int, "height": int, "sources": {"avif": {"320": url, …}, "webp": …, "jpeg": …}}
    """
    if image is None:
        return {}
    files = [(rendition.filter_spec, rendition.file.name) for rendition in image.renditions.all()]
    return picture_of(image.title, image.width, image.height, files)


def picture_of(title: str, width: int, height: int, files: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The same from plain facts: `files` are the filter spec and the name of each rendition."""
    sources: dict[str, dict[str, str]] = {}
    for spec, name in files:
        if spec in _SPECS:
            kind, size = _SPECS[spec]
            sources.setdefault(kind, {})[str(size)] = _STORAGE.url(name)
    return {"alt": title, "width": width, "height": height, "sources": sources}

"""The sizes and formats that pages use, made by a task so that no request ever encodes a picture."""

from collections.abc import Iterable
from typing import Any

from marketplace.outbox.services import enqueue

from .models import MarketImage, Rendition

WIDTHS = (320, 480, 640, 960)
#: smallest first: a browser takes the first it knows
FORMATS = ("avif", "webp", "jpeg")
_QUALITY = {"avif": "avifquality-55", "webp": "webpquality-72", "jpeg": "jpegquality-78"}


def filter_spec(width: int, kind: str) -> str:
    """Wagtail's own rendition language, e.g. width-480|format-avif|avifquality-55."""
    return f"width-{width}|format-{kind}|{_QUALITY[kind]}"


_SPECS = {filter_spec(width, kind): (kind, width) for kind in FORMATS for width in WIDTHS}

_STORAGE = Rendition._meta.get_field("file").storage


def make(payload: dict[str, Any]) -> None:
    """Outbox handler; `payload` is {"image": pk}. A picture deleted meanwhile needs nothing."""
    image = MarketImage.objects.filter(pk=payload["image"]).first()
    if image is None:
        return
    image.get_renditions(*_SPECS)
    MarketImage.objects.filter(pk=image.pk).update(renditions_ready=True)
    enqueue("picture_ready", {"image": image.pk}, key=f"picture_ready:{image.pk}")


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

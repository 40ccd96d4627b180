"""The sizes and formats that pages use, made by a task so that no request ever encodes a picture."""

from typing import Any

from marketplace.outbox.services import enqueue

from .models import MarketImage

WIDTHS = (320, 480, 640, 960)
#: smallest first: a browser takes the first it knows
FORMATS = ("avif", "webp", "jpeg")
_QUALITY = {"avif": "avifquality-55", "webp": "webpquality-72", "jpeg": "jpegquality-78"}


def filter_spec(width: int, kind: str) -> str:
    """Wagtail's own rendition language, e.g. width-480|format-avif|avifquality-55."""
    return f"width-{width}|format-{kind}|{_QUALITY[kind]}"


_SPECS = {filter_spec(width, kind): (kind, width) for kind in FORMATS for width in WIDTHS}


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
    sources: dict[str, dict[str, str]] = {}
    for rendition in image.renditions.all():
        if rendition.filter_spec in _SPECS:
            kind, width = _SPECS[rendition.filter_spec]
            sources.setdefault(kind, {})[str(width)] = rendition.url
    return {"alt": image.title, "width": image.width, "height": image.height, "sources": sources}

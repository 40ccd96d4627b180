"""The one way a picture comes in: checked, turned upright, shrunk and written anew without any camera data."""

import io
import uuid
from functools import cache as once
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from PIL import Image as Pillow
from PIL import ImageOps

from .models import MarketImage

MAX_BYTES = 8 * 1024 * 1024
#: header pixels, read before anything is decoded (a 50 kB file can unpack to a gigabyte)
MAX_PIXELS = 40_000_000
#: longer side of what is kept
MAX_SIDE = 2048
FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")


def add_image(file: IO[bytes], *, title: str) -> MarketImage:
    """Keep a clean JPEG of `file`; its renditions follow.

    Raises ValidationError with a sentence for the person who sent it.
    """
    return MarketImage.objects.create(title=title[:255], file=clean_picture(file))


def clean_picture(file: IO[bytes]) -> ContentFile:
    """A file for MarketImage, under a name that says nothing. Raises ValidationError as add_image does."""
    return ContentFile(cleaned_jpeg(file), name=f"{uuid.uuid4().hex}.jpg")


def cleaned_jpeg(file: IO[bytes]) -> bytes:
    """The picture re-encoded: EXIF with the GPS of somebody's home, polyglots and trailing bytes are gone."""
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError(_("The photo is larger than 8 MB. Choose a smaller one."))
    _read_heif()
    try:
        with Pillow.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Pillow.DecompressionBombError
            return _reencoded(picture)
    except Pillow.DecompressionBombError:
        raise ValidationError(_("The photo has more than 40 million pixels. Choose a smaller one.")) from None
    except (OSError, SyntaxError, ValueError):
        raise ValidationError(
            _("This file is not a photo we can read. Send a JPEG, PNG, WebP or HEIC.")
        ) from None


@once
def _read_heif() -> None:
    from pillow_heif import (
        register_heif_opener,  # 7 MB that a web worker should not hold before a photo comes
    )

    register_heif_opener()


def _reencoded(picture: Pillow.Image) -> bytes:
    upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    clean = Pillow.new("RGB", upright.size)
    clean.paste(upright)
    out = io.BytesIO()
    clean.save(out, "JPEG", quality=88, optimize=True, progressive=True)
    return out.getvalue()

"""AVIF encoded at a speed of our choice, which Willow leaves at libavif's own."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO


@contextmanager
def _without_heif() -> Iterator[None]:
    """Willow imports pillow_heif wherever it is installed: 7 MB in each worker, for pictures that it never gets.

    services.add_image, which turns them into JPEG first, imports it when somebody hands in a picture.
    """
    left_out = sys.modules.setdefault("pillow_heif", None) is None  # type: ignore[arg-type]  # "not there"
    try:
        yield
    finally:
        if left_out:
            del sys.modules["pillow_heif"]


with _without_heif():
    from willow.image import AvifImageFile
    from willow.plugins.pillow import PillowImage
    from willow.registry import registry

#: libavif's 0 (smallest) to 10 (fastest). Measured at quality 55, four widths of one picture: 6, the default,
#: takes 1.6 s; 8 takes 0.3 s and 20 % more bytes; 9 takes 0.1 s and 70 % more.
SPEED = 8


def save_as_avif(
    image: PillowImage, f: IO[bytes], quality: int = 80, lossless: bool = False, apply_optimizers: bool = True
) -> AvifImageFile:
    """Willow's operation for originals that services.add_image has made plain sRGB."""
    options = {"quality": 100, "subsampling": "4:4:4"} if lossless else {"quality": quality}
    image.get_pillow_image().save(f, "AVIF", speed=SPEED, **options)
    return AvifImageFile(f)


def use() -> None:
    registry.register_operation(PillowImage, "save_as_avif", save_as_avif)

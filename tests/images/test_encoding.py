import io

import pytest
from PIL import Image as Pillow
from PIL import ImageFilter

from marketplace.images.encoding import FORMATS, WIDTHS, encode


def jpeg(*size: int) -> bytes:
    out = io.BytesIO()
    picture = Pillow.effect_mandelbrot(size, (-1.2, -0.3, -0.9, 0), 60).filter(ImageFilter.GaussianBlur(2))
    picture.convert("RGB").save(out, "JPEG", quality=88)
    return out.getvalue()


@pytest.fixture(scope="module")
def encoded() -> dict[tuple[str, int], Pillow.Image]:
    """A picture of 700 by 350, as (format, width asked for) -> what a browser sees."""
    return {(one.kind, one.width): Pillow.open(io.BytesIO(one.data)) for one in encode(jpeg(700, 350))}


def test_every_format_is_made_in_every_width(encoded):
    assert set(encoded) == {(kind, width) for kind in FORMATS for width in WIDTHS}
    assert all(picture.format == kind.upper() for (kind, _), picture in encoded.items())


def test_a_picture_keeps_its_shape_and_is_never_blown_up(encoded):
    assert {width: picture.size for (_, width), picture in encoded.items()} == {
        320: (320, 160),
        480: (480, 240),
        640: (640, 320),
        960: (700, 350),
    }


def test_what_is_said_of_the_size_is_true():
    for one in encode(jpeg(500, 100)):
        assert Pillow.open(io.BytesIO(one.data)).size == one.size


def test_avif_is_worth_its_time():
    """Faster than at its speed of now it would weigh more than half as much as the oldest format."""
    weight = dict.fromkeys(FORMATS, 0)
    for one in encode(jpeg(960, 960)):
        weight[one.kind] += len(one.data)
    assert weight["avif"] < 0.55 * weight["jpeg"]

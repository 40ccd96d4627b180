import io

from PIL import Image as Pillow
from willow.image import Image

from marketplace.images.avif import SPEED


def test_renditions_are_encoded_at_our_speed():
    """Left to itself Willow takes five times as long for every picture that somebody sends."""
    picture = Pillow.effect_mandelbrot((64, 64), (-3, -2.5, 2, 2.5), 9).convert("RGB")
    source = io.BytesIO()
    picture.save(source, "PNG")
    through_willow = io.BytesIO()
    Image.open(source).save_as_avif(through_willow, quality=55)
    ours, default = io.BytesIO(), io.BytesIO()
    picture.save(ours, "AVIF", quality=55, speed=SPEED)
    picture.save(default, "AVIF", quality=55)
    assert through_willow.getvalue() == ours.getvalue() != default.getvalue()

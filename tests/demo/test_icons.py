import math

from PIL import Image, ImageChops

from marketplace.demo.icons import APP_SIZE, FOLDER, app_icon, favicon


def apart(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel of any pixel, 0–255."""
    return max(
        high for _, high in ImageChops.difference(one.convert("RGBA"), other.convert("RGBA")).getextrema()
    )


def test_app_icon_is_the_brand_mark_of_today():
    kept = Image.open(FOLDER / f"icon-{APP_SIZE}.png")
    assert kept.size == (APP_SIZE, APP_SIZE)
    assert apart(kept, app_icon(APP_SIZE)) == 0


def test_app_icon_may_be_cut_to_a_circle():
    icon = app_icon(192)
    ground = icon.getpixel((0, 0))
    for x in range(192):
        for y in range(192):
            if math.hypot(x - 95.5, y - 95.5) > 0.4 * 192:
                assert icon.getpixel((x, y)) == ground


def test_favicon_holds_the_brand_mark_in_three_sizes():
    kept = Image.open(FOLDER / "favicon.ico")
    assert kept.info["sizes"] == {(16, 16), (32, 32), (48, 48)}
    for width in (16, 32, 48):
        kept.size = (width, width)
        assert apart(kept.copy(), favicon(width)) == 0

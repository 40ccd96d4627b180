"""The icons that browsers and home screens ask for, made from the brand mark.

`python -m marketplace.demo.icons` writes them anew after brand.svg has changed.
"""

from pathlib import Path

from PIL import Image

from marketplace.demo.illustrate import rasterise

FOLDER = Path(__file__).parents[1] / "static" / "marketplace"
APP_SIZE = 192
_FAVICON_SIZES = (16, 32, 48)


def app_icon(size: int) -> Image.Image:
    """The mark on a full square, `size` pixels wide.

    Home screens cut any shape out of a maskable icon; only a circle of 80 % of its width is sure to be seen
    (W3C, Web Application Manifest, "maskable"), so the mark is drawn at 78 %.
    """
    svg = (FOLDER / "brand.svg").read_text()
    square = svg.replace(' rx="112"', "").replace(
        '<g id="mark">', '<g id="mark" transform="translate(56 56) scale(.78)">'
    )
    return rasterise(square, size).convert("RGB")


def favicon(size: int) -> Image.Image:
    """The mark as it is drawn, on its tile with round corners."""
    return rasterise((FOLDER / "brand.svg").read_text(), size)


def write() -> None:
    app_icon(APP_SIZE).save(FOLDER / f"icon-{APP_SIZE}.png", optimize=True)
    small, *larger = [favicon(size) for size in _FAVICON_SIZES]
    larger[-1].save(
        FOLDER / "favicon.ico",
        sizes=[(size, size) for size in _FAVICON_SIZES],
        append_images=[small, *larger],
    )


if __name__ == "__main__":
    write()

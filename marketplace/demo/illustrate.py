"""Raster pictures of the demo market, from the project's own drawings in illustrations/*.svg.

Every drawing marks its ground (`id="tint"`, with other tints that suit it in `data-tints`) and its things
(`id="subject"`). A variant changes the tint and arranges the things anew, so that several products of one crop
look akin and not cloned.
"""

from __future__ import annotations

import io
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path

import typst
from PIL import Image

FOLDER = Path(__file__).parent / "illustrations"
#: variants 0, 1, 2 and 3 of every drawing
VARIANTS = 4
MAX_WIDTH = 1280
_JPEG_QUALITY = 88
_SVG = "{http://www.w3.org/2000/svg}"
ElementTree.register_namespace("", _SVG.strip("{}"))

#: One drawing fills one page without a margin, a point of the page for a unit of its view box.
_PAGE = """\
#set page(width: {width}pt, height: {height}pt, margin: 0pt, fill: none)
#image(bytes(sys.inputs.svg), format: "svg", width: 100%)
"""


@dataclass(frozen=True)
class Arrangement:
    """Where the things of a drawing stand: one transform per copy, those at the back first."""

    copies: tuple[str, ...]
    #: what stands behind them, as (element, attributes)
    backdrop: tuple[str, dict[str, str]] | None = None


_DISC = ("circle", {"cx": "400", "cy": "400", "r": "330", "fill": "#fff", "opacity": ".42"})
_TABLE = ("rect", {"y": "352", "width": "800", "height": "448", "fill": "#22201c", "opacity": ".07"})
_SQUARE = (
    Arrangement(("scale(1)",)),
    Arrangement(("translate(800 0) scale(-1 1)",), _DISC),
    Arrangement(("translate(-230 -190) scale(1.42)",)),
    Arrangement(("translate(330 -8) scale(.62)", "translate(650 118) scale(-.86 .86)"), _TABLE),
)
_WIDE = (
    Arrangement(("scale(1)",)),
    Arrangement(("translate(1600 0) scale(-1 1)",)),
    Arrangement(("translate(-440 -230) scale(1.3)",)),
    Arrangement(("translate(1640 -230) scale(-1.3 1.3)",)),
)


def names() -> list[str]:
    """What `render` can draw: the crop codes of catalogue/data/crops.csv and the wide "scene_…" pictures."""
    return sorted(path.stem for path in FOLDER.glob("*.svg"))


def render(name: str, width: int, *, variant: int = 0) -> bytes:
    """A JPEG in sRGB, `width` pixels wide (at most 1,280): square for a crop, 16:9 for a scene.

    It carries no profile: a picture without one is sRGB (CSS Color 4), and the same call gives the same bytes.

    Raises LookupError for a name without a drawing and ValueError for a width or variant out of range.
    """
    if name not in names():
        raise LookupError(f"No illustration is called {name!r}.")
    if not 1 <= width <= MAX_WIDTH:
        raise ValueError(f"An illustration is 1 to {MAX_WIDTH} pixels wide, not {width}.")
    if not 0 <= variant < VARIANTS:
        raise ValueError(f"An illustration has the variants 0 to {VARIANTS - 1}, not {variant}.")
    svg = (FOLDER / f"{name}.svg").read_text()
    picture = rasterise(_arranged(svg, variant), width).convert("RGB")
    out = io.BytesIO()
    # Flat colours show the colour bleeding of chroma subsampling at once.
    picture.save(out, "JPEG", quality=_JPEG_QUALITY, subsampling=0, optimize=True)
    return out.getvalue()


def rasterise(svg: str, width: int) -> Image.Image:
    """An RGBA picture of `svg`, `width` pixels wide, in the proportions of its view box."""
    _, _, box_width, box_height = ElementTree.fromstring(svg).attrib["viewBox"].split()
    page = _PAGE.format(width=box_width, height=box_height)
    png = typst.compile(page.encode(), format="png", ppi=72 * width / int(box_width), sys_inputs={"svg": svg})
    return Image.open(io.BytesIO(png)).convert("RGBA")


def _arranged(svg: str, variant: int) -> str:
    """The drawing with the tint and the arrangement of `variant`."""
    root = ElementTree.fromstring(svg)
    tint, subject = _marked(root, "tint"), _marked(root, "subject")
    arrangement = (_WIDE if root.attrib["viewBox"] == "0 0 1600 900" else _SQUARE)[variant]
    tint.set("fill", [tint.attrib["fill"], *tint.attrib["data-tints"].split()][variant])
    root.remove(subject)
    ElementTree.SubElement(root, f"{_SVG}defs").append(subject)
    if arrangement.backdrop:
        ElementTree.SubElement(root, _SVG + arrangement.backdrop[0], arrangement.backdrop[1])
    for transform in arrangement.copies:
        ElementTree.SubElement(root, f"{_SVG}use", {"href": "#subject", "transform": transform})
    return ElementTree.tostring(root, encoding="unicode")


def _marked(root: ElementTree.Element, mark: str) -> ElementTree.Element:
    found = root.find(f"*[@id='{mark}']")
    if found is None:
        raise LookupError(f'A drawing has no element with id="{mark}".')
    return found

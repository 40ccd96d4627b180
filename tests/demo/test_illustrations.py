import csv
import io
import itertools
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageStat

import catalogue
from marketplace.demo.illustrate import FOLDER, VARIANTS, names, render

CROPS = Path(catalogue.__file__).parent / "data" / "crops.csv"
SCENES = {
    "scene_orchard",
    "scene_cashew_garden",
    "scene_pepper_poles",
    "scene_coffee_hill",
    "scene_cooperative",
}
SHAPES = {"svg", "defs", "clipPath", "g", "use", "path", "rect", "circle", "ellipse"}


def picture(name: str, width: int, variant: int = 0) -> Image.Image:
    return Image.open(io.BytesIO(render(name, width, variant=variant)))


def difference(one: Image.Image, other: Image.Image) -> float:
    """Mean difference per channel, 0–255."""
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def test_every_crop_and_every_scene_has_a_drawing():
    with CROPS.open(newline="") as file:
        codes = {row["code"] for row in csv.DictReader(file)}
    assert set(names()) == codes | SCENES


@pytest.mark.parametrize("name", names())
def test_drawing_is_made_of_shapes_alone_and_loads_nothing(name):
    for element in ElementTree.parse(FOLDER / f"{name}.svg").iter():
        assert element.tag.rpartition("}")[2] in SHAPES
        assert not (element.text or "").strip()
        for attribute, value in element.attrib.items():
            local = value.startswith("#") if attribute.endswith("href") else "url(" not in value
            assert local or value.startswith("url(#")


@pytest.mark.parametrize("name", names())
def test_drawing_becomes_a_jpeg_of_the_asked_width(name):
    made = picture(name, 333)
    assert made.format == "JPEG"
    assert made.mode == "RGB"
    assert made.size == (333, 187 if name in SCENES else 333)


@pytest.mark.parametrize("name", sorted(set(names()) - SCENES - {"rubber_latex"}))
def test_ground_is_the_tint_of_the_drawing_and_the_things_stand_clear_of_the_edge(name):
    root = ElementTree.parse(FOLDER / f"{name}.svg").getroot()
    tint = Image.new("RGB", (160, 160), root.find("*[@id='tint']").attrib["fill"])
    seen = (
        ImageChops.difference(picture(name, 160), tint).convert("L").point(lambda value: value > 24 and 255)
    )
    left, top, right, bottom = seen.getbbox()
    assert min(left, top, 160 - right, 160 - bottom) >= 8
    assert max(right - left, bottom - top) >= 100


@pytest.mark.parametrize("name", names())
def test_variants_of_a_drawing_differ_visibly_in_a_list(name):
    made = [picture(name, 84, variant) for variant in range(VARIANTS)]
    for one, other in itertools.combinations(made, 2):
        assert difference(one, other) > 8


@pytest.mark.parametrize("name", names())
def test_first_picture_of_a_page_stays_small(name):
    out = io.BytesIO()
    picture(name, 640, variant=2).save(out, "WEBP", quality=72)  # enlarged: the heaviest
    assert out.tell() <= 60_000


def test_the_same_call_gives_the_same_bytes():
    assert render("durian", 200, variant=2) == render("durian", 200, variant=2)


def test_unknown_name_is_refused():
    with pytest.raises(LookupError, match="kiwi"):
        render("kiwi", 320)
    with pytest.raises(LookupError):
        render("../illustrations/durian", 320)


@pytest.mark.parametrize(("width", "variant"), [(0, 0), (1281, 0), (320, -1), (320, VARIANTS)])
def test_width_and_variant_out_of_range_are_refused(width, variant):
    with pytest.raises(ValueError, match="illustration"):
        render("durian", width, variant=variant)

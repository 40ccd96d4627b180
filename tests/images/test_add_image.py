"""What comes in as a photo of somebody's home leaves no trace of where that is."""

import io
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import Image as Pillow

from marketplace.images import encoding, renditions, services
from marketplace.images.models import MarketImage
from marketplace.images.services import add_image, cleaned_jpeg


def photo(kind: str = "JPEG", size: tuple[int, int] = (800, 600), **save: Any) -> io.BytesIO:
    out = io.BytesIO()
    Pillow.new("RGB", size, "green").save(out, kind, **save)
    out.seek(0)
    return out


def with_gps() -> Pillow.Exif:
    exif = Pillow.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (11.5, 30.0, 0.0), 3: "E", 4: (106.9, 0.0, 0.0)})
    exif[0x010F] = "Phone of somebody"
    return exif


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_camera_data_is_gone(kind: str) -> None:
    source = photo(kind, exif=with_gps())
    assert Pillow.open(io.BytesIO(source.getvalue())).getexif()
    assert not Pillow.open(io.BytesIO(cleaned_jpeg(source))).getexif()


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Pillow.Exif()
    exif[0x0112] = 6
    cleaned = Pillow.open(io.BytesIO(cleaned_jpeg(photo(exif=exif))))
    assert cleaned.size == (600, 800)


def test_a_large_photo_is_shrunk() -> None:
    assert max(Pillow.open(io.BytesIO(cleaned_jpeg(photo(size=(4000, 3000))))).size) == services.MAX_SIDE


@pytest.mark.parametrize(
    "junk",
    [
        b"",
        b"not a photo",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        photo().getvalue()[:200],
    ],
)
def test_what_is_no_photo_is_refused_in_words(junk: bytes) -> None:
    with pytest.raises(ValidationError):
        cleaned_jpeg(io.BytesIO(junk))


def test_a_small_file_of_huge_size_is_refused_before_it_is_decoded() -> None:
    bomb = io.BytesIO()
    Pillow.new("1", (9_000, 9_000)).save(bomb, "PNG")
    bomb.seek(0)
    with pytest.raises(ValidationError, match="40 triệu"):
        cleaned_jpeg(bomb)


@pytest.mark.django_db
def test_a_picture_gets_its_renditions_from_the_outbox(django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        image = add_image(photo(), title="Hạt điều")
    image = MarketImage.objects.get(pk=image.pk)
    assert image.renditions_ready
    data = renditions.picture_data(image)
    assert set(data["sources"]) == set(encoding.FORMATS)
    assert set(data["sources"]["avif"]) == {str(width) for width in encoding.WIDTHS}
    for rendition in image.renditions.all():
        with Pillow.open(rendition.file) as picture:
            assert picture.size == (rendition.width, rendition.height)


@pytest.mark.django_db
def test_a_page_asks_for_no_rendition_that_is_not_there() -> None:
    image = add_image(photo(), title="Hạt điều")
    assert renditions.picture_data(image)["sources"] == {}
    assert not image.renditions.exists()

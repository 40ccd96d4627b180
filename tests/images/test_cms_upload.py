"""An editor's picture comes in by the same door as a farmer's photo, whichever form of the CMS it is sent by."""

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image as Pillow
from pytest_django import DjangoCaptureOnCommitCallbacks
from wagtail.models import UploadedFile

from marketplace.content.models import FarmStoryPage, StoryIndexPage
from marketplace.images.models import MarketImage
from marketplace.images.renditions import picture_data
from tests.factories import make_user
from tests.images.test_add_image import photo, with_gps
from tests.second_factor import sign_in_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client: Client) -> Client:
    return sign_in_staff(client, make_user(is_staff=True, is_superuser=True))


def upload(size: tuple[int, int] = (800, 600)) -> SimpleUploadedFile:
    data = photo(size=size, exif=with_gps()).getvalue()
    return SimpleUploadedFile("nha-co-sau.jpg", data, "image/jpeg")


#: name of the CMS's address -> the fields of its form
FORMS: dict[str, dict[str, Any]] = {
    "wagtailimages:add": {"title": "Nhà cô Sáu", "file": upload, "collection": 1},
    "wagtailimages:add_multiple": {"title": "Nhà cô Sáu", "files[]": upload},
    "wagtailimages_chooser:create": {
        "image-chooser-upload-title": "Nhà cô Sáu",
        "image-chooser-upload-file": upload,
        "image-chooser-upload-collection": 1,
    },
}


def send(editor: Client, name: str, **changes: Any) -> None:
    fields = FORMS[name] | changes
    editor.post(reverse(name), {key: value() if callable(value) else value for key, value in fields.items()})


@pytest.mark.parametrize("name", FORMS)
def test_it_is_cleaned_and_gets_its_renditions(
    editor: Client, name: str, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(editor, name)
    image = MarketImage.objects.get()
    with image.open_file() as file:
        data = file.read()
    assert b"Phone of somebody" not in data
    assert not Pillow.open(io.BytesIO(data)).getexif()
    assert "nha-co-sau" not in image.file.name
    assert image.file_size == len(data)
    assert picture_data(image)["sources"]


def test_a_story_shows_it(
    editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(editor, "wagtailimages:add")
    image = MarketImage.objects.get()
    story = FarmStoryPage(title="Vườn cô Sáu", intro="Chuyện ngắn.", cover=image)
    StoryIndexPage.objects.get().add_child(instance=story)
    page = Client().get(story.url).text
    assert picture_data(image)["sources"]["jpeg"]["320"] in page


def test_one_that_takes_anothers_place_is_shown_in_its_stead(
    editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(editor, "wagtailimages:add")
    image = MarketImage.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        fields = {"title": "Vườn mới", "file": upload((600, 600)), "collection": 1}
        editor.post(reverse("wagtailimages:edit", args=[image.pk]), fields)
    image.refresh_from_db()
    assert (image.title, image.width, image.height) == ("Vườn mới", 600, 600)
    assert {rendition.width / rendition.height for rendition in image.renditions.all()} == {1}
    assert picture_data(image)["sources"]


def test_new_words_leave_the_picture_as_it_is(
    editor: Client, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        send(editor, "wagtailimages:add")
    before = MarketImage.objects.get()
    editor.post(
        reverse("wagtailimages:edit", args=[before.pk]),
        {"title": "Tên khác", "collection": 1, "tags": "vườn"},
    )
    after = MarketImage.objects.get()
    assert (after.title, after.file.name, after.renditions_ready) == ("Tên khác", before.file.name, True)


def test_nothing_is_kept_of_a_picture_whose_words_are_refused(editor: Client) -> None:
    send(editor, "wagtailimages:add_multiple", title="x" * 300)
    assert not MarketImage.objects.exists()
    assert not UploadedFile.objects.exists()


def test_what_is_no_photo_is_refused(editor: Client) -> None:
    send(editor, "wagtailimages:add", file=SimpleUploadedFile("a.jpg", photo().getvalue()[:200]))
    assert not MarketImage.objects.exists()

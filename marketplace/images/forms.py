"""The CMS's forms of a picture, behind the one door: what an editor uploads is cleaned like a farmer's photo."""

from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.forms import FileField
from django.utils.translation import gettext as _
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm

from .services import clean_picture


class CleanImageField(WagtailImageField):
    def to_python(self, data: Any) -> ContentFile | None:
        """Without Wagtail's own look at the file, which raises on one that was cut off."""
        sent = FileField.to_python(self, data)
        return None if sent is None else clean_picture(sent)


class CleanImageForm(BaseImageForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "file" in self.fields:  # Wagtail chooses the field whatever the form declares
            wagtails = self.fields["file"]
            self.fields["file"] = CleanImageField(label=wagtails.label, widget=wagtails.widget)

    def clean(self) -> dict[str, Any]:
        """With anything else wrong, Wagtail would keep the file as it came, to ask for the rest: GPS and all."""
        cleaned: dict[str, Any] = super().clean()
        if self.errors and "file" in cleaned and "file" in self.changed_data:
            self.add_error("file", _("Put the other fields right, then send the picture again."))
        return cleaned

    @transaction.atomic
    def save(self, commit: bool = True) -> Any:
        """Wagtail deletes the renditions of a file that was replaced: before the job of the new one may run."""
        return super().save(commit=commit)

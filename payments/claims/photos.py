"""Photos that come with a claim, in the form of a buyer or of staff who write it down for one."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from marketplace.images.services import add_image
from payments.claims.services import MOST_PHOTOS


class SeveralPhotos(forms.FileField):
    widget = forms.FileInput(attrs={"accept": "image/*"})

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.allow_multiple_selected = True
        self.widget.attrs["multiple"] = True

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list) else [data] if data else []
        if self.required and not files:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(files) > MOST_PHOTOS:
            raise ValidationError(
                _("%(most)d photos are enough. Choose the clearest.") % {"most": MOST_PHOTOS}
            )
        return files


class WithPhotos(forms.Form):
    """Its field ``photos`` becomes the kept ``images``."""

    def clean(self) -> dict[str, Any]:
        """The photos are kept only once everything else is right."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.errors:
            return data
        data["images"] = []
        for file in data.get("photos", []):
            try:
                data["images"].append(add_image(file, title=_("Photo of a claim")))
            except ValidationError as error:
                self.add_error("photos", error)
        return data

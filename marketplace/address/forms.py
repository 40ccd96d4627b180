"""One box for a place of delivery: what is typed becomes a commune's code, by list or by radio buttons."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from marketplace.address.models import Commune
from marketplace.address.search import Place, find_places


class PlaceForm(forms.Form):
    """Base of forms with an address. `cleaned_data["commune"]` is a Commune with its province.

    Without a script the first submission turns the text into `offered`, shown as radio buttons; the second one
    carries the chosen code. With the script the code comes along at once.
    """

    place = forms.CharField(
        label=_("Commune or ward, province"),
        max_length=200,
        help_text=_("Old names are fine too, for example “huyện Bù Đăng” or “quận 1”."),
        error_messages={"required": _("Write the commune or ward, and the province.")},
    )
    commune = forms.CharField(required=False, max_length=5, widget=forms.HiddenInput)
    #: the text that `commune` was offered for: a changed text makes the choice void
    place_typed = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered: list[Place] = []

    @property
    def is_ambiguous(self) -> bool:
        """Several places fit: the person has to say which."""
        return "place" in self.errors and bool(self.offered)

    @property
    def typed(self) -> str:
        """The text that the choice of the next submission belongs to."""
        if self.is_bound and "place_typed" in self.cleaned_data:
            return str(self.cleaned_data["place_typed"])
        return str(self["place_typed"].value() or "")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "place" in data:
            self._find_commune(data)
        else:
            data["commune"] = None
        return data

    def _find_commune(self, data: dict[str, Any]) -> None:
        text, typed = data["place"], data.get("place_typed", "")
        chosen = Commune.objects.select_related("province").filter(pk=data.get("commune", "")).first()
        if chosen is not None and text in (typed, str(chosen)):
            data["commune"], data["place_typed"] = chosen, typed or text
            return
        self.offered = find_places(text)
        data["commune"], data["place_typed"] = None, text
        if len(self.offered) == 1:
            data["commune"] = Commune.objects.select_related("province").get(pk=self.offered[0].code)
        elif self.offered:
            self.add_error("place", _("Choose the right place in the list below."))
        else:
            self.add_error(
                "place",
                _(
                    "We cannot find this place. Write the commune or ward and the province, old names included."
                ),
            )

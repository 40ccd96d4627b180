"""How an editor picks a product or a farm in Wagtail: by typing a part of its name, with or without marks."""

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from catalogue.search.fold import fold


class _SearchForm(BaseFilterForm):
    q = forms.CharField(label=_("Search"), required=False)


class ListingSearchForm(_SearchForm):
    def filter(self, objects: QuerySet) -> QuerySet:
        return objects.filter(folded__contains=fold(self.cleaned_data["q"]))


class FarmSearchForm(_SearchForm):
    def filter(self, objects: QuerySet) -> QuerySet:
        return objects.active().filter(name__icontains=self.cleaned_data["q"])


class _ListingChoice:
    filter_form_class = ListingSearchForm
    ordering = "-listed_at"


class _FarmChoice:
    filter_form_class = FarmSearchForm
    ordering = "name"


class ChooseListing(_ListingChoice, ChooseView):
    pass


class ChooseListingResults(_ListingChoice, ChooseResultsView):
    pass


class ChooseFarm(_FarmChoice, ChooseView):
    pass


class ChooseFarmResults(_FarmChoice, ChooseResultsView):
    pass


listing_chooser = ChooserViewSet(
    "listing_chooser",
    model="catalogue.Listing",
    icon="tag",
    choose_one_text=_("Choose a product"),
    choose_another_text=_("Choose another product"),
    choose_view_class=ChooseListing,
    choose_results_view_class=ChooseListingResults,
)
farm_chooser = ChooserViewSet(
    "farm_chooser",
    model="partner.Partner",
    icon="group",
    choose_one_text=_("Choose a farm"),
    choose_another_text=_("Choose another farm"),
    choose_view_class=ChooseFarm,
    choose_results_view_class=ChooseFarmResults,
)

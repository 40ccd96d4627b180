"""The front of the stall: what is in season, what an editor picked or else what is new, farms, stories."""

from typing import Any

from django.db import models
from django.forms import Widget
from django.http import HttpRequest
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.blocks import ChooserBlock
from wagtail.fields import StreamField

from catalogue.listing.models import Listing
from catalogue.listing.paging import page
from catalogue.listing.sorts import NEWEST
from catalogue.seasons import current_month
from farmers.partner.models import Partner
from marketplace.content.farms import FarmCard, farm_cards
from marketplace.content.pages import PublicPage
from marketplace.content.season import crops_of_month
from marketplace.content.stories import FarmStoryPage, InfoPage

SHOWN_PRODUCTS = 8
SHOWN_FARMS = 6
SHOWN_STORIES = 3


class ListingBlock(ChooserBlock):
    target_model = Listing

    @cached_property
    def widget(self) -> Widget:
        from marketplace.content.choosers import listing_chooser  # Wagtail's admin, which no visitor needs

        return listing_chooser.widget_class()

    class Meta:
        icon = "tag"


class FarmBlock(ChooserBlock):
    target_model = Partner

    @cached_property
    def widget(self) -> Widget:
        from marketplace.content.choosers import farm_chooser

        return farm_chooser.widget_class()

    class Meta:
        icon = "group"


class HomePage(PublicPage):
    lead = models.CharField(_("Under the title"), max_length=240, blank=True)
    picks = StreamField(
        [("product", ListingBlock())],
        blank=True,
        verbose_name=_("Products on the front page"),
        help_text=_("The newest ones fill the places that you leave free."),
    )
    chosen_farms = StreamField(
        [("farm", FarmBlock())],
        blank=True,
        verbose_name=_("Farms on the front page"),
        help_text=_("The newest ones fill the places that you leave free."),
    )

    template = "content/home_page.html"
    max_count = 1
    content_panels = [
        *PublicPage.content_panels,
        FieldPanel("lead"),
        FieldPanel("picks"),
        FieldPanel("chosen_farms"),
    ]
    parent_page_types = ["wagtailcore.Page"]
    subpage_types = ["content.StoryIndexPage", "content.InfoPage"]

    class Meta:
        verbose_name = _("Front page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        month = current_month()
        return super().get_context(request, *args, **kwargs) | {
            "month": month,
            "crops": crops_of_month(month),
            "listings": self.listings(),
            "farms": self.farms(),
            "stories": FarmStoryPage.objects.newest()[:SHOWN_STORIES],
            "info_pages": InfoPage.objects.child_of(self).live().public().in_menu(),
        }

    def listings(self) -> list[Listing]:
        """Picked ones first; what was sold out or taken down leaves its place to the newest."""
        picked = [block.value for block in self.picks if block.value and block.value.net_stock]
        others = Listing.objects.available().leave_out(listing.pk for listing in picked)
        return [*picked, *page(others, NEWEST, size=SHOWN_PRODUCTS).listings][:SHOWN_PRODUCTS]

    def farms(self) -> list[FarmCard]:
        active = Partner.objects.active()
        chosen = [block.value.pk for block in self.chosen_farms if block.value]
        first = active.in_bulk(chosen)
        others = active.exclude(pk__in=chosen).order_by("-pk")[:SHOWN_FARMS]
        return farm_cards([*(first[pk] for pk in chosen if pk in first), *others][:SHOWN_FARMS])

"""Stories of the growers, their list, and plain pages such as how to buy."""

from typing import Any

from django.contrib.postgres.search import SearchQuery
from django.core.paginator import Paginator
from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, prefetch_related_objects
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel
from wagtail.fields import StreamField
from wagtail.models import PageManager, PageViewRestriction
from wagtail.query import PageQuerySet
from wagtail.search import index

from catalogue.listing.models import Listing
from catalogue.listing.paging import page
from catalogue.listing.sorts import NEWEST
from catalogue.search.fold import fold
from farmers.partner.models import Partner
from marketplace.content.blocks import StoryBlock
from marketplace.content.farms import farm_cards
from marketplace.content.pages import PublicPage

#: products of the farm under its story
SHOWN_PRODUCTS = 8
STORIES_ON_A_PAGE = 12
#: what a search shows of a story and links to, in the order of the model's fields
FOUND = ("id", "title", "url_path", "page_ptr_id", "intro")


class BodyPage(PublicPage):
    """A page with a body; its pictures are read in two queries, however many there are."""

    body = StreamField(StoryBlock(), blank=True, verbose_name=_("Text"))

    class Meta:
        abstract = True

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        pictures = [block.value["image"] for block in self.body if block.block_type == "picture"]
        prefetch_related_objects([picture for picture in pictures if picture], "renditions")
        return context


class InfoPage(BodyPage):
    """How to buy, how to sell, the rules of the market."""

    intro = models.CharField(_("In one sentence"), max_length=240, blank=True)

    template = "content/info_page.html"
    content_panels = [*PublicPage.content_panels, FieldPanel("intro"), FieldPanel("body")]
    parent_page_types = ["content.HomePage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("Plain page")


class StoryQuerySet(PageQuerySet):
    def newest(self) -> "StoryQuerySet":
        """Published stories with what their cards show: three queries for any number of them."""
        return (
            self.live()
            .public()
            .order_by("-first_published_at", "-pk")
            .select_related("farm", "farm__commune", "cover")
            .prefetch_related("cover__renditions")
        )

    def called(self, words: SearchQuery) -> "StoryQuerySet":
        """Published stories with folded `words` anywhere, newest first. One query: no cover, no farm.

        Wagtail's public() would ask for all restrictions first.
        """
        above = ExpressionWrapper(OuterRef("path"), output_field=models.CharField())
        closed = PageViewRestriction.objects.alias(here=above).filter(here__startswith=models.F("page__path"))
        found = self.live().filter(~Exists(closed), index_entries__body=words)
        return found.order_by("-first_published_at", "-pk")


class FarmStoryPage(BodyPage):
    """A story of one farm, told with its people."""

    farm = models.ForeignKey(
        "partner.Partner",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="stories",
        verbose_name=_("Farm"),
    )
    intro = models.CharField(_("In one sentence"), max_length=240)
    cover = models.ForeignKey(
        "images.MarketImage",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("Picture"),
    )

    objects = PageManager.from_queryset(StoryQuerySet)()

    template = "content/farm_story_page.html"
    content_panels = [
        *PublicPage.content_panels,
        FieldPanel("farm"),
        FieldPanel("intro"),
        FieldPanel("cover"),
        FieldPanel("body"),
    ]
    search_fields = [
        *PublicPage.search_fields,
        index.SearchField("intro"),
        index.SearchField("body"),
        index.SearchField("folded"),
    ]
    parent_page_types = ["content.StoryIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("Story of a farm")
        verbose_name_plural = _("Stories of farms")

    @property
    def folded(self) -> str:
        """All words of the story as the market's search folds them."""
        body = self.body.stream_block.get_searchable_content(self.body)
        return fold(" ".join([self.title, self.intro, *map(str, body)]))

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context(request, *args, **kwargs)
        context["crumbs"] = [{"label": self.get_parent().title, "url": self.get_parent().url}]
        if self.farm and self.farm.status == Partner.Status.ACTIVE:
            [context["card"]] = farm_cards([self.farm])
            offers = Listing.objects.of_seller(self.farm_id)
            context["listings"] = page(offers, NEWEST, size=SHOWN_PRODUCTS).listings
        return context


class StoryIndexPage(PublicPage):
    """All stories, newest first."""

    intro = models.CharField(_("In one sentence"), max_length=240, blank=True)

    template = "content/story_index_page.html"
    max_count = 1
    content_panels = [*PublicPage.content_panels, FieldPanel("intro")]
    parent_page_types = ["content.HomePage"]
    subpage_types = ["content.FarmStoryPage"]

    class Meta:
        verbose_name = _("List of stories")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        pages = Paginator(FarmStoryPage.objects.child_of(self).newest(), STORIES_ON_A_PAGE)
        stories = pages.get_page(request.GET.get("trang"))
        return super().get_context(request, *args, **kwargs) | {
            "stories": stories,
            "next_url": f"?trang={stories.next_page_number()}" if stories.has_next() else "",
        }

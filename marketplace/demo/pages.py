"""What the demo market tells: picks on the front page, stories of its farms, plain pages."""

from collections.abc import Iterable
from datetime import datetime, time
from html import escape

from django.utils import timezone

from catalogue.listing.models import Listing
from farmers.partner.models import Partner, StockRecord
from marketplace.content.models import FarmStoryPage, HomePage, InfoPage, StoryIndexPage
from marketplace.demo import records
from marketplace.demo.pictures import Album

INVENTED = "Chợ thử nghiệm: nhà vườn và người trong chuyện là tưởng tượng, hình là tranh minh họa."
#: shown first on the front page: one of each kind of produce
PICKS = (
    "tam-w240-500",
    "dong-quyt-5kg",
    "suoi-tieu-den-500",
    "khai-ca-phe-500",
    "doi-rang-hat-500",
    "dong-buoi-2-trai",
    "mach-mang-500",
    "soc-pho-mai-150",
)
FARMS = (
    "anh-tam",
    "htx-tieu-suoi-da",
    "trai-ong-anh-khai",
    "htx-vuon-dong",
    "co-sau-lanh",
    "htx-ca-phe-ba-doi",
)


def add_pages(market: records.Records, *, album: Album) -> None:
    """The front page and the list of stories are there since the first migration."""
    home, index = HomePage.objects.get(), StoryIndexPage.objects.get()
    pick_for_front_page(home)
    for story in market.stories:
        add_story(story, index, album)
    for page in market.pages:
        add_page(page, home)


def pick_for_front_page(home: HomePage) -> None:
    """Unless an editor has picked."""
    if home.picks or home.chosen_farms:
        return
    skus = dict(StockRecord.objects.filter(partner_sku__in=PICKS).values_list("partner_sku", "product"))
    listings = Listing.objects.in_bulk(skus.values())
    farms = Partner.objects.in_bulk(FARMS, field_name="code")
    home.picks = [("product", listings[skus[sku]]) for sku in PICKS if sku in skus]
    home.chosen_farms = [("farm", farms[code]) for code in FARMS if code in farms]
    home.save_revision().publish()


def add_story(story: records.Story, index: StoryIndexPage, album: Album) -> None:
    if index.get_children().filter(slug=story.slug).exists():
        return
    first, *others = story.body
    page = FarmStoryPage(
        title=story.title,
        slug=story.slug,
        intro=story.intro,
        farm=Partner.objects.get(code=story.seller),
        cover=album(story.picture),
        body=[
            ("words", _rich([first])),
            ("quote", {"words": story.quote, "speaker": story.quoted}),
            ("words", _rich(others)),
            ("words", f"<p><i>{INVENTED}</i></p>"),
        ],
        first_published_at=timezone.make_aware(datetime.combine(story.published, time(8))),
    )
    index.add_child(instance=page)


def add_page(page: records.Page, home: HomePage) -> None:
    if home.get_children().filter(slug=page.slug).exists():
        return
    body = [block for section in page.sections for block in _blocks(section)]
    home.add_child(
        instance=InfoPage(title=page.title, slug=page.slug, intro=page.intro, body=body, show_in_menus=True)
    )


def _blocks(section: records.Section) -> list[tuple[str, str]]:
    return [("heading", section.heading), ("words", _rich(section.paragraphs))]


def _rich(paragraphs: Iterable[str]) -> str:
    return "".join(f"<p>{escape(paragraph)}</p>" for paragraph in paragraphs)

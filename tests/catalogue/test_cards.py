"""A card is drawn once for each state of its listing: whatever it shows, a change shows at once."""

import datetime
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import get_language

from catalogue.listing.refresh import refresh_listings, refresh_stock
from catalogue.models import Listing
from catalogue.templatetags import cards
from catalogue.templatetags.cards import FACTS, product_card, product_cards
from farmers.models import Certification
from tests.factories import make_commune, make_product

CARD = settings.ROOT / "templates" / "components" / "product_card.html"

pytestmark = pytest.mark.django_db


def shown(product: Any) -> str:
    refresh_listings([product.pk])
    return product_card(Listing.objects.get(pk=product.pk), get_language())


def dearer(product: Any) -> None:
    product.stockrecords.update(price=123_000)


def sold_out(product: Any) -> None:
    product.stockrecords.update(num_in_stock=0)


def renamed(product: Any) -> None:
    product.title = "Hạt điều đổi tên"
    product.save()


def moved(product: Any) -> None:
    product.commune = make_commune("00004")
    product.save()


def certified(product: Any) -> None:
    today = timezone.localdate()
    Certification.objects.create(
        partner=product.seller,
        scheme="ocop5",
        number="C-1",
        issuer="Sở",
        issued_on=today,
        expires_on=today + datetime.timedelta(days=30),
        verified_at=timezone.now(),
    )


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (dearer, "123.000"),
        (sold_out, "card-state-out"),
        (renamed, "Hạt điều đổi tên"),
        (certified, "OCOP 5★"),
        (moved, "Ba Đình"),
    ],
)
def test_a_change_shows_on_the_card(change: Callable[[Any], None], words: str) -> None:
    product = make_product("Hạt điều rang", price=95_000, stock=12)
    assert words not in shown(product)
    change(product)
    assert words in shown(product)


def test_the_same_listing_is_drawn_once(monkeypatch: pytest.MonkeyPatch) -> None:
    product = make_product("Hạt điều rang", price=95_000, stock=12)
    first = shown(product)
    monkeypatch.setattr(cards, "render_to_string", lambda *args: pytest.fail("drawn again"))
    refresh_stock([product.pk])
    assert product_card(Listing.objects.get(pk=product.pk), get_language()) is first


def test_a_card_speaks_the_language_of_its_page() -> None:
    product = make_product("Hạt điều rang", price=95_000, stock=0)
    vietnamese = shown(product)
    with translation.override("en"):
        assert "Sold out" in product_card(Listing.objects.get(pk=product.pk), "en")
    assert "Sold out" not in vietnamese


def test_the_template_sees_no_more_than_the_facts() -> None:
    seen = re.findall(r"listing\.(\w+)", CARD.read_text())
    assert set(seen) == set(FACTS)


def test_only_the_first_picture_of_a_page_is_hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    eager = []
    monkeypatch.setattr(cards, "product_card", lambda listing, language, first: eager.append(first) or "")
    product_cards([Listing(), Listing()], eager=True)
    product_cards([Listing()])
    assert eager == [True, False, False]

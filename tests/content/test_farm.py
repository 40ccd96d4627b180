import datetime
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalogue.listing.paging import PAGE_SIZE
from farmers.models import Certification
from farmers.partner.models import Partner
from tests.factories import anh_tam, make_partner

Offer = Callable[..., object]
URL = "/nha-vuon/nha-vuon-anh-tam/"


def certify(farm: Partner, scheme: str, *, expires_on: datetime.date, verified: bool = True) -> None:
    Certification.objects.create(
        partner=farm,
        scheme=scheme,
        number=scheme,
        issuer="Sở Nông nghiệp",
        issued_on=datetime.date(2025, 1, 1),
        expires_on=expires_on,
        verified_at=timezone.now() if verified else None,
    )


def test_a_farm_shows_who_it_is_and_what_it_sells(client: Client, offer: Offer) -> None:
    farm = anh_tam()
    offer("Hạt điều của anh Tâm", partner=farm)
    offer("Của vườn khác", partner=make_partner("Vườn khác"))
    page = client.get(URL)
    assert "Hạt điều của anh Tâm" in page.text
    assert "Của vườn khác" not in page.text
    assert "Xã Bù Đăng, Đồng Nai" in page.text
    assert "public" in page["Cache-Control"]


@pytest.mark.parametrize("status", [Partner.Status.PENDING, Partner.Status.SUSPENDED])
def test_a_farm_that_may_not_sell_has_no_page(client: Client, db: None, status: str) -> None:
    farm = make_partner("Vườn chưa duyệt", status=status)
    assert client.get(f"/nha-vuon/{farm.code}/").status_code == 404


@time_machine.travel("2026-11-23 09:00+07:00", tick=False)
def test_only_certificates_that_hold_today_are_shown(client: Client, db: None) -> None:
    farm = anh_tam()
    certify(farm, "vietgap", expires_on=datetime.date(2026, 11, 23))
    certify(farm, "ocop4", expires_on=datetime.date(2026, 11, 22))
    certify(farm, "organic", expires_on=datetime.date(2027, 1, 1), verified=False)
    assert client.get(URL).context["card"].certificates == ("vietgap",)


def test_more_than_a_page_leads_on(client: Client, offer: Offer) -> None:
    for serial in range(PAGE_SIZE + 2):
        offer(f"Hạt điều {serial}", partner=anh_tam())
    first = client.get(URL).context["page"]
    second = client.get(URL, {"tiep": first.next_cursor}).context["page"]
    assert (len(first.listings), len(second.listings)) == (PAGE_SIZE, 2)


def test_queries_do_not_grow_with_the_products(
    client: Client, offer: Offer, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 6):
        for serial in range(count):
            offer(f"Hạt điều {count} {serial}", partner=anh_tam())
        with django_assert_num_queries(5):
            client.get(URL)

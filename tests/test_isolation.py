"""What the suite promises to every test: rows of the migrations, nobody else's rows, no outside world."""

import socket

import pytest
from django.contrib.sites.models import Site
from django.core.cache import cache
from wagtail.models import Page

from tests import databases


@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_gone_and_migrated_rows_are_back_for_the_next_test() -> None:
    Site.objects.create(domain="vuon.example", name="Vườn")
    Page.objects.all().delete()
    databases.restore()
    assert not Site.objects.filter(domain="vuon.example").exists()
    assert Page.objects.filter(depth=1).exists()


@pytest.mark.parametrize("turn", [1, 2])
def test_cache_is_empty_at_the_start(turn: int) -> None:
    assert cache.get("basket") is None
    cache.set("basket", turn)


def test_outside_world_is_out_of_reach() -> None:
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)

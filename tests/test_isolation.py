"""What the suite promises to every test: rows of the migrations, nobody else's rows, no outside world."""

import socket

import pytest
from django.contrib.sites.models import Site
from django.core.cache import cache
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone
from wagtail.models import Page

from payments.ledger.accounts import of_market
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post
from tests import databases


@pytest.mark.django_db(transaction=True)
def test_committed_rows_are_gone_and_migrated_rows_are_back_for_the_next_test() -> None:
    Site.objects.create(domain="vuon.example", name="Vườn")
    Page.objects.all().delete()
    databases.restore()
    assert not Site.objects.filter(domain="vuon.example").exists()
    assert Page.objects.filter(depth=1).exists()


@pytest.mark.django_db(transaction=True)
def test_a_changed_row_of_the_migrations_is_as_it_was() -> None:
    was = Site.objects.values_list("domain", "name").get()
    Site.objects.update(domain="vuon.example")
    databases.restore()
    assert Site.objects.values_list("domain", "name").get() == was


@pytest.mark.django_db(transaction=True)
def test_rows_that_nobody_may_remove_are_gone_and_numbers_begin_again() -> None:
    numbers = []
    for _ in range(2):
        with transaction.atomic():
            legs = [Leg(of_market(Account.Kind.BANK), 1), Leg(of_market(Account.Kind.BUYER_CREDIT), -1)]
            entry = post(key="e", kind=Entry.Kind.CASH_REMITTED, occurred_at=timezone.now(), lines=legs)
        numbers.append(entry.pk)
        databases.restore()
        assert not Entry.objects.exists()
    assert len(set(numbers)) == 1


@pytest.mark.django_db(transaction=True)
def test_guards_that_a_test_took_away_are_back() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_line DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE payouts_payout DROP CONSTRAINT payout_gives_something")
    databases.restore()
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgenabled FROM pg_trigger WHERE tgrelid = 'ledger_line'::regclass")
        assert {state for (state,) in cursor.fetchall()} == {"O"}
        cursor.execute("SELECT 1 FROM pg_constraint WHERE conname = 'payout_gives_something'")
        assert cursor.fetchone()


@pytest.mark.django_db(transaction=True)
def test_what_is_still_under_way_in_another_thread_never_arrives() -> None:
    """Its session is ended before the rows are brought back, not after."""
    late = connections.create_connection("default")
    late.set_autocommit(False)
    with late.cursor() as cursor:
        cursor.execute("INSERT INTO django_site (domain, name) VALUES ('vuon.example', 'late')")
    databases.restore()
    with pytest.raises(DatabaseError):
        late.commit()
    assert not Site.objects.filter(domain="vuon.example").exists()


@pytest.mark.parametrize("turn", [1, 2])
def test_cache_is_empty_at_the_start(turn: int) -> None:
    assert cache.get("basket") is None
    cache.set("basket", turn)


def test_outside_world_is_out_of_reach() -> None:
    with pytest.raises(RuntimeError, match="tests stay on this machine"):
        socket.create_connection(("192.0.2.1", 80), timeout=1)

"""The typed reader of the environment names what is wrong instead of guessing."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from marketplace.settings import env


def test_a_missing_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SEPAY_SECRET", raising=False)
    with pytest.raises(ImproperlyConfigured, match="SEPAY_SECRET"):
        env.text("SEPAY_SECRET")


def test_an_empty_variable_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_URL", "  ")
    with pytest.raises(ImproperlyConfigured, match="SITE_URL"):
        env.text("SITE_URL")


@pytest.mark.parametrize(("written", "meant"), [("1", True), ("yes", True), ("Off", False), ("", False)])
def test_a_flag_is_read_as_people_write_it(
    monkeypatch: pytest.MonkeyPatch, written: str, meant: bool
) -> None:
    monkeypatch.setenv("DEBUG", written)
    assert env.flag("DEBUG") is meant


def test_a_mistyped_flag_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEBUG", "ture")
    with pytest.raises(ImproperlyConfigured, match="DEBUG"):
        env.flag("DEBUG")


def test_a_number_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CASH_ON_DELIVERY_CAP", "3 triệu")
    with pytest.raises(ImproperlyConfigured, match="CASH_ON_DELIVERY_CAP"):
        env.integer("CASH_ON_DELIVERY_CAP", 1)


def test_a_database_address_is_taken_apart() -> None:
    entry = env.database("postgresql://lan:m%40t%2Fkhau@db.test:6432/cho?sslmode=require")
    assert (entry["USER"], entry["PASSWORD"], entry["HOST"], entry["PORT"]) == (
        "lan",
        "m@t/khau",
        "db.test",
        "6432",
    )
    assert (entry["NAME"], entry["OPTIONS"]) == ("cho", {"sslmode": "require"})


def test_a_database_behind_a_socket_is_understood() -> None:
    assert env.database("postgresql://lan@/cho?host=/run/pg")["HOST"] == "/run/pg"


def test_another_engine_is_refused() -> None:
    with pytest.raises(ImproperlyConfigured, match="PostgreSQL"):
        env.database("sqlite:///cho.db")


def test_a_choice_that_is_not_offered_is_named_with_those_that_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAILS_OF_TEST", "b, a,b")
    assert env.choices("RAILS_OF_TEST", "a", ("a", "b")) == ["b", "a"]
    with pytest.raises(ImproperlyConfigured, match="RAILS_OF_TEST may name a, but not b"):
        env.choices("RAILS_OF_TEST", "a", ("a",))

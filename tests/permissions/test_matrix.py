"""Who may open which door: every URL name × role × GET and POST, against permissions.csv.

The table holds what a person decided, one row per URL name; a URL without a row fails. A cell says what GET and
what POST answer ("login" is a redirect to the sign-in page); "writes" names the roles whose POST changes something.
All addresses belong to chị Lan's order from anh Tâm and HTX Đồng Phú, so "other …" are strangers to it.
The staff tools under /admin/ and /cms/ are ruled as wholes: nobody but staff gets in anywhere.
"""

import csv
import datetime
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection, transaction
from django.http import HttpResponse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from payments.desk.models import DeskAction
from tests.doors import Door, doors
from tests.factories import make_staff
from tests.permissions.addresses import ADDRESSES
from tests.permissions.before import BEFORE
from tests.permissions.bodies import BODIES
from tests.permissions.diary import DIARY, FIRST
from tests.permissions.world import NON_STAFF, ROLES, World, made
from tests.permissions.writes import written

pytestmark = pytest.mark.django_db
LOGIN = "/tai-khoan/dang-nhap/"
CODE_OF_THE_APP = "/tai-khoan/hai-lop/xac-nhan/"
#: POSTs of the money desk that move nothing: a statement that was only read is looked at before it is applied
WITHOUT_A_CODE = {"desk:statement_upload"}
STAFF_TOOLS = ("admin/", "cms/")
#: the doors of the tools themselves, which lead a visitor to the one login; they have rows of their own
OWN_ROWS = {"admin:login", "admin:logout", "staff_login", "wagtailadmin_logout"}
#: words for scripts and a drawing, the same for everybody
HARMLESS = {"wagtailadmin_javascript_catalog", "wagtailadmin_sprite"}
#: passwords are switched off: not there for anybody
SHUT = {f"wagtailadmin_password_reset{step}" for step in ("", "_done", "_confirm", "_complete")}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Made once: every test undoes what it did."""
    with django_db_blocker.unblock(), undone():
        yield made()


def answer(response: HttpResponse) -> str:
    if response.status_code == 302 and response["Location"].startswith(LOGIN):
        return "login"
    return str(response.status_code)


def rows() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("permissions.csv").open() as file:
        return {row.pop("name"): row for row in csv.DictReader(file)}


def own_doors() -> dict[str, Door]:
    return {
        door.name: door for door in doors() if not door.route.startswith(STAFF_TOOLS) or door.name in OWN_ROWS
    }


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is written inside is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


class Pen:
    """Notices a statement that may have written something; most doors send none."""

    used = False

    def __call__(self, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        self.used = self.used or bool(re.search("insert|update|delete", sql, re.IGNORECASE))
        return execute(sql, *rest)


def knock(world: World, door: Door, role: str, method: str, before: list[Any]) -> tuple[str, bool]:
    """What the door answers, and whether anything was written."""
    with undone():
        address = ADDRESSES[door.name](world) if door.name in ADDRESSES else door.address
        client, pen = world.client(role), Pen()
        with connection.execute_wrapper(pen):
            if method == "GET":
                response = client.get(address)
            else:
                response = client.post(address, BODIES.get(door.name, lambda world: {})(world))
        return answer(response), pen.used and written() != before


def test_every_door_has_a_row_and_every_row_a_door():
    assert sorted(rows()) == sorted(own_doors())


@pytest.mark.parametrize("name", sorted(rows()))
def test_opens_to_whom_the_table_says(world, name):
    row, door = rows()[name], own_doors()[name]
    allowed = row["writes"].split("+") if row["writes"] else []
    with undone():
        BEFORE.get(door.name, lambda world: None)(world)
        before = written()
        found = {
            role: [knock(world, door, role, method, before) for method in ("GET", "POST")] for role in ROLES
        }
    assert {role: " ".join(word for word, _ in knocks) for role, knocks in found.items()} == {
        role: row[role] for role in ROLES
    }
    assert [role for role, knocks in found.items() if knocks[0][1]] == [], "a GET wrote something"
    assert [role for role, knocks in found.items() if knocks[1][1]] == [
        role for role in ROLES if role in allowed
    ]


def money_actions() -> list[str]:
    """All that can be sent at the money desk: by the routes, not by what the views say of themselves."""
    return sorted(
        name for name, row in rows().items() if name.startswith("desk:") and not row["staff"].endswith(" 405")
    )


def send(world: World, name: str, **changes: str) -> HttpResponse:
    """As staff, with what the door wants, but for the changes."""
    BEFORE.get(name, lambda world: None)(world)
    address = ADDRESSES[name](world) if name in ADDRESSES else own_doors()[name].address
    return world.client("staff").post(address, BODIES.get(name, lambda world: {})(world) | changes)


@pytest.mark.parametrize("name", [name for name in money_actions() if name not in WITHOUT_A_CODE])
def test_what_moves_money_waits_for_a_fresh_code(world, name):
    later = timezone.now() + datetime.timedelta(minutes=11)
    with undone(), time_machine.travel(later, tick=False):
        assert send(world, name)["Location"].startswith(CODE_OF_THE_APP)
        assert not DeskAction.objects.exists()


@pytest.mark.parametrize("kind", DeskAction.Kind.values)
def test_whatever_is_done_at_the_desk_is_in_its_diary(world, kind):
    name, changes = DIARY[kind]
    with undone():
        FIRST.get(kind, lambda: None)()
        answer = send(world, name, **changes)
        action = DeskAction.objects.get()
        assert (action.kind, action.actor, answer.status_code) == (kind, make_staff(), 302)


def test_every_money_action_has_its_line_in_the_diary():
    assert {name for name, _changes in DIARY.values()} == set(money_actions())


@pytest.mark.parametrize("role", NON_STAFF)
def test_nobody_but_staff_gets_into_the_staff_tools(world, role):
    before, let_in = written(), []
    for door in doors():
        if not door.route.startswith(STAFF_TOOLS) or door.name in OWN_ROWS | HARMLESS:
            continue
        client = world.client(role)  # another one each time: words of refusal would pile up in its cookies
        for ask in (client.get, client.post):
            response = ask(door.address)
            led_away = response.status_code in (301, 302) and response["Location"].startswith(
                (LOGIN, "/cms/login/", "/admin/login/")
            )
            #: elsewhere 404 would only say that what we made up is not there, not that the door is shut
            refused = response.status_code == (404 if door.name in SHUT else 403)
            if not led_away and not refused:
                let_in.append((door.address, response.status_code))
    assert let_in == []
    assert written() == before

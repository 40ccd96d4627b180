"""Who may open an order: its buyer, staff, and whoever was let in; nobody by guessing a number."""

import datetime

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.cache import SessionStore
from django.http import Http404, HttpRequest

from marketplace.accounts.models import User
from marketplace.order.access import grant, opened_numbers, order_for
from marketplace.order.links import is_signed, order_link
from tests.factories import chi_lan, make_order, make_staff, stranger

pytestmark = pytest.mark.django_db


def request_of(user: User | AnonymousUser) -> HttpRequest:
    request = HttpRequest()
    request.user, request.session = user, SessionStore()
    return request


@pytest.mark.parametrize("visitor", [AnonymousUser, stranger])
def test_others_find_nothing(visitor) -> None:
    order = make_order(user=chi_lan())
    with pytest.raises(Http404):
        order_for(request_of(visitor()), order.number)


def test_an_unknown_number_looks_the_same() -> None:
    with pytest.raises(Http404):
        order_for(request_of(make_staff()), "0000000000")


@pytest.mark.parametrize("visitor", [chi_lan, make_staff])
def test_buyer_and_staff_see_it(visitor) -> None:
    order = make_order(user=chi_lan())
    assert order_for(request_of(visitor()), order.number) == order


def test_a_guest_order_opens_only_to_whom_it_was_granted() -> None:
    mine, other = make_order(), make_order()
    request = request_of(AnonymousUser())
    grant(request, mine)
    grant(request, mine)
    assert order_for(request, mine.number) == mine
    assert opened_numbers(request) == [mine.number]
    with pytest.raises(Http404):
        order_for(request, other.number)


def test_a_link_is_good_for_its_own_order_and_not_for_ever() -> None:
    mine, other = make_order(), make_order()
    signature = order_link(mine).partition("?khoa=")[2].replace("%3A", ":")
    assert is_signed(mine.number, signature)
    assert not is_signed(other.number, signature)
    assert not is_signed(mine.number, signature[:-1])
    assert not is_signed(mine.number, "")
    with time_machine.travel(datetime.datetime.now(tz=datetime.UTC) + datetime.timedelta(days=121)):
        assert not is_signed(mine.number, signature)

"""A code that proves anew who asks: for one person and one thing, a few tries, once."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import RequestFactory

from marketplace.accounts import fresh_code
from marketplace.accounts.models import User
from marketplace.messaging import codes
from tests.factories import chi_lan, stranger

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _demo(settings: Any) -> None:
    """Codes are readable in a demo only."""
    settings.DEMO = True


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    return rf.post("/")


def ask(request: HttpRequest, user: User, about: str = "this") -> str:
    assert fresh_code.send(request, user, about=about)
    phone, code = codes.recent()[0]
    assert phone == user.phone
    return code


def test_the_right_code_counts_once(request_: HttpRequest) -> None:
    code = ask(request_, chi_lan())
    assert fresh_code.check(chi_lan(), about="this", code=f"{code[:3]} {code[3:]}")
    assert not fresh_code.check(chi_lan(), about="this", code=code)


def test_it_confirms_nothing_else(request_: HttpRequest) -> None:
    assert not fresh_code.check(chi_lan(), about="that", code=ask(request_, chi_lan()))


def test_it_is_nobody_elses(request_: HttpRequest) -> None:
    assert not fresh_code.check(stranger(), about="this", code=ask(request_, chi_lan()))


def test_guessing_ends_after_a_few_tries(request_: HttpRequest, settings: Any) -> None:
    code = ask(request_, chi_lan())
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for _ in range(settings.ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS):
        assert not fresh_code.check(chi_lan(), about="this", code=wrong)
    assert not fresh_code.check(chi_lan(), about="this", code=code)


def test_a_second_code_has_to_wait(request_: HttpRequest) -> None:
    ask(request_, chi_lan())
    assert not fresh_code.send(request_, chi_lan(), about="this")

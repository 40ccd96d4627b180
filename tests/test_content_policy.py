"""What pages may load: only our own scripts and styles; inline ones in the staff's own tools alone."""

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db


def policy(path: str, status: int) -> dict[str, str]:
    answer = Client().get(path)
    assert answer.status_code == status
    rules = [rule.split(" ", 1) for rule in answer["Content-Security-Policy"].split("; ")]
    return dict(rules)


@pytest.mark.parametrize(("path", "status"), [("/", 200), ("/san-pham/", 200), ("/khong-co/", 404)])
def test_the_market_runs_nothing_but_its_own_files(path: str, status: int) -> None:
    rules = policy(path, status)
    assert rules["default-src"] == rules["script-src"] == rules["style-src"] == "'self'"
    assert rules["object-src"] == rules["base-uri"] == rules["frame-ancestors"] == "'none'"
    assert "unsafe" not in " ".join(rules.values())


@pytest.mark.parametrize("path", ["/cms/", "/admin/"])
def test_only_the_staffs_tools_have_inline_scripts(path: str) -> None:
    assert "'unsafe-inline'" in policy(path, 302)["script-src"]

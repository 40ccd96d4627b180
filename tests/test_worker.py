"""What a web worker holds, and who may load more into it."""

import subprocess
import sys

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from marketplace.staff_doors import PUBLIC

#: what only the staff's tools need: megabytes in every worker that would load it for visitors
STAFF_ONLY = (
    *("ninja", "pydantic", "rest_framework", "django_filters", "openpyxl", "python_calamine", "typst"),
    *("wagtail.admin.urls", "wagtail.admin.wagtail_hooks", "stripe", "pillow_heif"),
    *("fido2", "cryptography.hazmat"),
)
PUBLIC_WORKER = f"""
import sys
import marketplace.wsgi
from django.urls import get_resolver
get_resolver({PUBLIC!r}).reverse_dict
print(*(name for name in {STAFF_ONLY!r} if name in sys.modules))
"""


def test_a_worker_loads_nothing_for_the_public_that_only_the_staff_needs() -> None:
    made = subprocess.run([sys.executable, "-c", PUBLIC_WORKER], capture_output=True, text=True, check=True)
    assert made.stdout.split() == []


def test_a_public_page_resolves_without_the_staffs_doors() -> None:
    with pytest.raises(NoReverseMatch):
        reverse("wagtailadmin_home", urlconf=PUBLIC)
    assert reverse("home", urlconf=PUBLIC) == reverse("home")


@pytest.mark.django_db
def test_the_staffs_doors_are_there_for_whoever_knocks(client: Client) -> None:
    assert client.get("/cms/", follow=True).redirect_chain[0][0].startswith("/cms/login/")
    assert client.get("/admin/").status_code == 302
    assert client.get("/admin").headers["Location"] == "/admin/"

"""What an order costs the database, with real commits and what runs on them; the outbox is left to its worker."""

from collections.abc import Callable

import pytest
from celery import current_app
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from marketplace.shipping.loading import load_tariff
from tests.checkout.shopping import answers, ask_shipping, listed, order, put
from tests.factories import anh_tam, htx_dong_phu, make_commune, make_partner

pytestmark = pytest.mark.django_db(transaction=True)
TRANSACTION_CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


@pytest.fixture(autouse=True)
def _market(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(current_app.conf, "task_always_eager", False)
    load_tariff()
    make_commune("00004")


def statements(step: Callable[[], object]) -> tuple[int, int]:
    """Those that read or write rows, and all of them with the control of transactions."""
    with CaptureQueriesContext(connection) as seen:
        step()
    control = sum(query["sql"].startswith(TRANSACTION_CONTROL) for query in seen)
    return len(seen) - control, len(seen)


def test_placing_three_farms_and_six_lines(client: Client) -> None:
    for partner in (anh_tam(), htx_dong_phu(), make_partner()):
        for _ in range(2):
            put(client, listed(partner=partner))
    data = answers(ask_shipping(client))
    rows, everything = statements(lambda: client.post(reverse("checkout:checkout"), data))
    assert rows <= 30
    # six of them guard one stock record each, eight begin and end transactions
    assert everything <= 34


def test_a_whole_guest_purchase_without_a_script(client: Client) -> None:
    product = listed()

    def buy() -> None:
        put(client, product)
        client.get(reverse("checkout:basket"))
        client.get(order(client).url)

    rows, everything = statements(buy)
    assert rows <= everything <= 70

"""The bench counts what real purchases cost."""

import pytest
from django.test import Client
from django.urls import reverse

from marketplace.bench import statements
from tests.checkout.shopping import listed
from tests.factories import make_partner

pytestmark = pytest.mark.django_db


def test_a_basket_is_counted_with_its_lines_in_it() -> None:
    products = [listed(partner=make_partner(f"Vườn {number}")) for number in range(3)]
    client = Client()
    for product in products:
        statements.put(client, product.pk)
    shown = client.get(reverse("checkout:basket")).content.decode()
    assert all(product.title in shown for product in products)
    assert statements.basket([product.pk for product in products]) > statements.basket([])

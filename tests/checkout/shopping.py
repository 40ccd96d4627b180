"""Steps that a visitor takes, over HTTP, shared by the tests of basket, checkout and races."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from catalogue.listing.refresh import refresh_listings
from catalogue.products import Product
from tests.factories import make_commune, make_product

SAME_ORIGIN = {"HTTP_SEC_FETCH_SITE": "same-origin"}


def listed(*args: Any, **kwargs: Any) -> Product:
    """A product on sale that lists and baskets show."""
    product = make_product(*args, **kwargs)
    refresh_listings([product.pk])
    return product


def put(client: Client, product: Product, quantity: int = 1, **headers: str) -> HttpResponse:
    """Into the basket; without `headers` as a browser does it from one of our pages."""
    return client.post(
        reverse("checkout:add"), {"product": product.pk, "quantity": quantity}, **(headers or SAME_ORIGIN)
    )


def open_checkout(client: Client) -> Any:
    """The form as the visitor gets it."""
    return client.get(reverse("checkout:checkout")).context["form"]


def answers(form: Any, **changes: Any) -> dict[str, Any]:
    """What chị Lan fills in to have it sent to phường Ba Đình, having seen the total."""
    place = str(make_commune("00004"))
    known = {
        "token": str(form.submission_token),
        "name": "Nguyễn Thị Lan",
        "phone": "0912 000 001",
        "line1": "12 Hoàng Diệu",
        "place": place,
        "place_typed": place,
        "commune": "00004",
        "payment": "vietqr",
        "email": "",
        "note": "",
        "agreed_total": form.sum_to_agree or "",
    }
    return {name: value for name, value in (known | changes).items() if value is not None}


def ask_shipping(client: Client, **changes: Any) -> Any:
    """Press "show shipping"; the form that comes back knows the sum."""
    return press(client, answers(open_checkout(client), update="1", **changes)).context["form"]


def press(client: Client, data: dict[str, Any]) -> Any:
    """Send the form and read the page that it leads to."""
    return client.post(reverse("checkout:checkout"), data, follow=True)


def order(client: Client, **changes: Any) -> HttpResponse:
    """From the basket to the button, with the shipping seen."""
    form = ask_shipping(
        client, **{k: v for k, v in changes.items() if k in {"place", "commune", "place_typed"}}
    )
    return client.post(reverse("checkout:checkout"), answers(form, **changes))

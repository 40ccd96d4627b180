"""How many SQL statements a page and each step of a purchase cost, asked in this process."""

from collections.abc import Callable, Mapping
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from catalogue.models import Listing
from marketplace.address.models import Commune
from marketplace.demo.walkthrough.documents import Document

CONTROL = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")
SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}
#: where the orders go: phường Ba Đình, Hà Nội
BUYER = {"name": "Chị Lan", "phone": "0912 000 001", "line1": "12 Hoàng Diệu", "payment": "vietqr"}
PLACE = "00004"


def asked(step: Callable[[], Any]) -> int:
    """Statements that read or write rows."""
    with CaptureQueriesContext(connection) as seen:
        step()
    return len([query for query in seen if not query["sql"].startswith(CONTROL)])


def of_pages(paths: Mapping[str, str]) -> dict[str, int]:
    """The least of three times, after a first that fills what all pages share."""
    client = Client(HTTP_HOST="127.0.0.1")
    counts = {}
    for name, path in paths.items():
        client.get(path)
        counts[name] = min(asked(lambda path=path: _opened(client, path)) for _ in range(3))  # type: ignore[misc]
    return counts


def of_purchase() -> dict[str, int]:
    """By the names of targets.STEPS."""
    shelf = _products(farms=5, each=3)
    counts = {f"basket, {_lines(number)}": basket(shelf[:number]) for number in (1, 5, 15)}
    client = Client(HTTP_HOST="127.0.0.1")
    put(client, shelf[0])
    counts["add to basket"] = asked(lambda: put(client, shelf[1]))
    counts["place order, 3 farms, 6 lines"] = _place_order([*shelf[:3], *shelf[5:8]])
    counts["whole guest purchase"] = asked(lambda: _buy(Client(HTTP_HOST="127.0.0.1"), shelf[:1]))
    return counts


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number} lines"


def _products(*, farms: int, each: int) -> list[int]:
    """Products that keep long enough for any destination, one of each farm in turn."""
    durable = Listing.objects.filter(crop__keeps_days__gte=90).available().order_by("seller", "-listed_at")
    by_seller: dict[int, list[int]] = {}
    for pk, seller in durable.values_list("pk", "seller"):
        by_seller.setdefault(seller, []).append(pk)
    full = [products[:each] for products in by_seller.values() if len(products) >= each][:farms]
    return [products[place] for place in range(each) for products in full]


def basket(products: list[int]) -> int:
    client = Client(HTTP_HOST="127.0.0.1")
    for product in products:
        put(client, product)
    return asked(lambda: _opened(client, reverse("checkout:basket")))


def _place_order(products: list[int]) -> int:
    client = Client(HTTP_HOST="127.0.0.1")
    for product in products:
        put(client, product)
    answers = _answers(client)
    return asked(lambda: _ordered(client, answers))


def _buy(client: Client, products: list[int]) -> None:
    for product in products:
        _opened(client, Listing.objects.values_list("url", flat=True).get(pk=product))
        put(client, product)
    _opened(client, reverse("checkout:basket"))
    _opened(client, _ordered(client, _answers(client)))


def _answers(client: Client) -> dict[str, str]:
    """What the buyer fills in, having seen the shipping."""
    address = reverse("checkout:checkout")
    place = str(Commune.objects.select_related("province").get(code=PLACE))
    known = BUYER | {"commune": PLACE, "place": place, "place_typed": place}
    first = _form(client.get(address)) | known
    return _form(client.post(address, first | {"update": "1"}, follow=True)) | known


def _form(answer: Any) -> dict[str, str]:
    return Document(answer.content.decode()).form(reverse("checkout:checkout")).fields


def _ordered(client: Client, answers: dict[str, str]) -> str:
    """The address of the payment page."""
    answer = client.post(reverse("checkout:checkout"), answers)
    if answer.status_code != 302:
        raise SystemExit(f"The order was refused: {Document(answer.content.decode()).text}")
    return answer.url


def put(client: Client, product: int) -> None:
    client.post(reverse("checkout:add"), {"product": product, "quantity": 1}, headers=SAME_ORIGIN)


def _opened(client: Client, path: str) -> None:
    if (status := client.get(path).status_code) != 200:
        raise SystemExit(f"{path} answered {status}")

"""What a farm and a courier read never opens the buyer's whole order; its number alone changes nothing in it."""

import re

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from marketplace.messaging.models import Message
from marketplace.order.links import order_link
from marketplace.order.models import Order, SellerOrder
from marketplace.order.services import move, take_back
from payments.claims.models import Claim
from payments.models import Refund
from payments.parcel_refunds import give_back_parcel
from tests.factories import anh_tam, chi_lan, make_staff
from tests.payments.claims.sold import load_money_rules, paid_order, tams
from tests.reading import page_words, pdf_words, words
from tests.tracking.finding import find

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    load_money_rules()


@pytest.fixture
def farm() -> Client:
    client = Client()
    client.force_login(anh_tam().members.get().user)
    return client


@pytest.fixture
def passer(client: Client, order: Order) -> Client:
    """Somebody who was told number and phone: may look, and no more."""
    find(client, order.number, order.phone[-4:])
    return client


@pytest.fixture
def order() -> Order:
    return paid_order()


def read_by(farm: Client, parcel: SellerOrder) -> str:
    """Every word of the parcel that its farm is shown, sent, or puts on the box for the courier."""
    args = [parcel.number]
    pages = ["workspace:home", "workspace:money", "workspace:payouts"]
    pages = [reverse(name) for name in pages] + [
        reverse(f"workspace:{name}", args=args) for name in ("order", "money_order", "cancel", "reduce")
    ]
    read = [page_words(farm.get(page)) for page in pages]
    read.append(pdf_words(farm.get(reverse("workspace:packing_slip", args=args)).content))
    read += [str(one.context) for one in Message.objects.filter(phone=parcel.partner.phone)]
    return words(" ".join(read))


def test_no_number_that_the_farm_reads_opens_the_order(
    farm: Client, order: Order, settings: LazySettings
) -> None:
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "find_order": None
    }  # it is not what is tested
    parcel = tams(order)
    move(parcel, SellerOrder.Status.PACKING)
    read = read_by(farm, parcel)
    assert parcel.number in read
    assert "0912 000 001" in read, "the farm knows the buyer's phone"
    digits = re.sub(r"(?<=\d)[ .](?=\d)", "", read)
    assert order.number not in digits
    guesses = {run[at : at + 10] for run in re.findall(r"\d{10,}", digits) for at in range(len(run) - 9)}
    assert parcel.number[1:] in guesses
    for guess in {parcel.number, *guesses}:
        assert find(farm, guess, order.phone[-4:]).status_code == 422, guess
    assert farm.get(reverse("tracking:order", args=[order.number])).status_code == 404


def test_a_parcels_number_is_told_from_an_orders(client: Client, order: Order) -> None:
    answer = find(client, tams(order).number, order.phone[-4:])
    assert "kiện" in str(answer.context["form"].errors["number"])


@pytest.mark.parametrize("name", ["cancel", "cancel_order", "claim", "claim_withdraw", "refund_account"])
def test_number_and_digits_let_one_look_and_change_nothing(passer: Client, order: Order, name: str) -> None:
    parcel = tams(order)
    args = [order.number] if name in ("cancel_order", "refund_account") else [order.number, parcel.number]
    answer = passer.post(reverse(f"tracking:{name}", args=args), {"note": "x"})
    assert (answer.status_code, answer.url) == (302, reverse("tracking:link", args=[order.number]))
    assert passer.get(reverse("tracking:order", args=[order.number])).status_code == 200
    parcel.refresh_from_db()
    assert (parcel.status, Claim.objects.exists()) == ("new", False)


def test_nobody_but_the_buyer_names_the_account_of_a_refund(passer: Client, order: Order) -> None:
    parcel = tams(order)
    take_back(parcel, actor=None, reason="")
    give_back_parcel({"seller_order": parcel.pk})
    account = {"bank_bin": "970415", "number": "123456789", "holder": "DIEU TAM", "holder_again": "DIEU TAM"}
    staff = Client()
    staff.force_login(make_staff())
    for person in (passer, staff):
        person.post(reverse("tracking:refund_account", args=[order.number]), account)
    assert Refund.objects.get().account == ""


def test_the_link_goes_to_the_buyer_and_lets_change(passer: Client, order: Order) -> None:
    page = reverse("tracking:link", args=[order.number])
    assert "••" in passer.get(page).content.decode()
    sent = passer.post(page, follow=True)
    told = Message.objects.get(kind="order_link")
    assert told.phone == order.phone == chi_lan().phone
    assert "khoa=" not in sent.content.decode()
    passer.get(order_link(order))
    assert passer.get(reverse("tracking:cancel_order", args=[order.number])).status_code == 200


def test_the_link_is_sent_a_few_times_an_hour(passer: Client, order: Order) -> None:
    page = reverse("tracking:link", args=[order.number])
    answers = [passer.post(page).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]
    assert Message.objects.filter(kind="order_link").count() == 3

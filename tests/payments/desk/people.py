"""Two people at the money desk, a farmer, and a transfer of nobody's order."""

from typing import Any

from django.test import Client
from django.urls import reverse

from marketplace.accounts.models import User
from payments.models import Notification, Transfer
from payments.notifications import settle
from tests.factories import anh_tam, make_user
from tests.payments.orders import TOTAL, bank_says, notify
from tests.second_factor import sign_in_staff


def chi_thu() -> User:
    return make_user("+84912000081", "Chị Thu", is_staff=True)


def chi_hoa() -> User:
    return make_user("+84912000082", "Chị Hoa", is_staff=True)


def signed_in(person: User) -> Client:
    return sign_in_staff(Client(), person)


def farm() -> Client:
    """Anh Tâm, signed in."""
    client = Client()
    client.force_login(anh_tam().members.get().user)
    return client


def transfer_of(memo: str, amount: int = TOTAL, **changes: Any) -> Transfer:
    assert notify(Client(), bank_says(memo, amount, **changes)).status_code == 200
    settle({"notification": Notification.objects.latest("pk").pk})
    return Transfer.objects.latest("pk")


def text(client: Client, name: str, *args: Any, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode().replace("\xa0", " ")


def post(client: Client, name: str, *args: Any, **said: Any) -> Any:
    return client.post(reverse(name, args=args), said)

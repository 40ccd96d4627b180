"""The form of whoever has an order's number and the end of its phone."""

from typing import Any

from django.test import Client
from django.urls import reverse


def find(client: Client, number: str, digits: str, **extra: str) -> Any:
    return client.post(reverse("tracking:find"), {"number": number, "last_digits": digits}, **extra)

"""The visitor's address, behind as many proxies as we have."""

from allauth.account.adapter import get_adapter
from django.http import HttpRequest


def client_ip(request: HttpRequest) -> str:
    return str(get_adapter().get_client_ip(request))

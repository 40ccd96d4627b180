"""Pages of what is sold."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def index(request: HttpRequest) -> HttpResponse:
    return render(request, "catalogue/list.html")


def category(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "catalogue/list.html")


def product(request: HttpRequest, slug: str, pk: str) -> HttpResponse:
    return render(request, "catalogue/product.html")

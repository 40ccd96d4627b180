"""The buyer follows an order."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from marketplace.order.access import order_for

app_name = "tracking"


def order(request: HttpRequest, number: str) -> HttpResponse:
    """Until the page itself is here: its address, behind its access rule."""
    return HttpResponse(order_for(request, number).number)


urlpatterns = [path("<str:number>/", order, name="order")]

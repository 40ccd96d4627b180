"""The link to the order once more, for a buyer who found it by its number and wants to change it."""

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from marketplace.accounts.phones import masked
from marketplace.order.access import order_for
from marketplace.order.notices import tell_link


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, number: str) -> HttpResponse:
    """It goes to the phone and the mail of the order alone, whoever asks for it."""
    order = order_for(request, number)
    if request.method != "POST":
        return render(request, "tracking/link.html", {"order": order, "phone": masked(order.phone)})
    if not consume(request, action="send_order_link", key=number):
        return render(request, "429.html", status=429)
    tell_link(order)
    messages.success(request, _("The link is on its way to the phone that ordered. Open it there."))
    return redirect("tracking:order", number=number)

"""The one page between a basket and an order."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from oscar.apps.basket.models import Basket

from farmers.partner.exceptions import InsufficientStock
from marketplace.accounts.client_ip import client_ip
from marketplace.checkout import baskets, remembered
from marketplace.checkout.baskets import BasketContents
from marketplace.checkout.destination import destination_of, remember_destination
from marketplace.checkout.forms import CheckoutForm
from marketplace.checkout.placement import BasketGone, place, placed_with
from marketplace.order.access import grant
from marketplace.order.models import Order
from payments.providers import registry
from payments.providers.base import ProviderError
from payments.starting import start_waiting


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def checkout(request: HttpRequest) -> HttpResponse:
    """Guests first: no account is needed, none is made. The same token always leads to the same order."""
    if request.method == "POST":
        return _submitted(request)
    contents = baskets.contents(request)
    if contents.is_empty:
        return redirect("checkout:basket")
    form = _form(request, contents)
    return render(request, "checkout/checkout.html", {"form": form, "summary": form.summary})


def _form(request: HttpRequest, contents: BasketContents) -> CheckoutForm:
    """As it was handed back, with what is wrong with it now; else filled with what we know."""
    returned = remembered.handed_back(request)
    if returned is None:
        return CheckoutForm(
            contents=contents, destination=destination_of(request), initial=remembered.details(request)
        )
    form = CheckoutForm(returned, contents=contents)
    if form.is_valid():
        form.check_agreement()
    if "update" in returned:
        form.keep_only_place_errors()
    return form


def _submitted(request: HttpRequest) -> HttpResponse:
    if placed := _placed(request):
        return _to_the_order(request, placed, keep=baskets.find_basket(request))
    contents = baskets.contents(request)
    if contents.is_empty:
        # A submission that lost the race reads an empty basket after the winner has committed.
        placed = _placed(request)
        return _to_the_order(request, placed) if placed else redirect("checkout:basket")
    remembered.keep(request)
    form = CheckoutForm(request.POST, contents=contents)
    if form.is_valid():
        form.check_agreement()
    if form.destination is not None:
        remember_destination(request, form.destination)
    if form.errors or "update" in request.POST:
        return _look_again(request)
    return _place(request, form)


def _place(request: HttpRequest, form: CheckoutForm) -> HttpResponse:
    try:
        order = place(
            token=form.cleaned_data["token"],
            contents=form.contents,
            summary=form.summary,
            recipient=form.recipient(),
            provider=form.cleaned_data["payment"],
            user=request.user if request.user.is_authenticated else None,
            note=form.cleaned_data["note"],
        )
    except InsufficientStock:
        return _look_again(request)  # somebody was faster: every line that is short says so itself
    except BasketGone:
        messages.warning(request, _("This basket was ordered in another window."))
        return redirect("tracking:find")
    except ProviderError:
        messages.warning(request, _("This way to pay does not answer just now. Please choose another."))
        return _look_again(request)
    if not registry.provider(order.payment_method).starts_at_once:
        start_waiting(order, client_ip=client_ip(request))
    remembered.forget_note(request)
    return _to_the_order(request, order)


def _look_again(request: HttpRequest) -> HttpResponse:
    remembered.hand_back(request)
    return redirect("checkout:checkout")


def _placed(request: HttpRequest) -> Order | None:
    try:
        return placed_with(UUID(request.POST.get("token", "")))
    except ValueError:
        return None


def _to_the_order(request: HttpRequest, order: Order, *, keep: Basket | None = None) -> HttpResponse:
    """Whoever holds the token has placed the order; the answer is the same however often it is asked for.

    `keep` is the basket that was begun since: an old form does not empty it.
    """
    grant(request, order)
    at_the_door = registry.provider(order.payment_method).waits_for_delivery
    page = "tracking:order" if at_the_door else "payments:pay"
    response = redirect(page, number=order.number)
    baskets.remember(response, keep, secure=request.is_secure())
    return response

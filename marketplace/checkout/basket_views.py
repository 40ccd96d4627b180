"""The basket page and what changes it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from catalogue.products import Product

from . import baskets
from .basket_forms import AddForm, QuantityForm
from .destination import DestinationForm, destination_of, remember_destination
from .parcels import quoted
from .same_origin import same_origin_post


@never_cache
@require_safe
def basket(request: HttpRequest) -> HttpResponse:
    """Grouped by farm, each with its shipping once the place is known. ?bo=…&goi=… offers to undo a removal."""
    form = DestinationForm(request.GET if "place" in request.GET else None)
    if form.is_valid():
        remember_destination(request, form.cleaned_data["commune"])
        return redirect("checkout:basket")
    contents = baskets.contents(request)
    destination = destination_of(request)
    context = {
        "contents": contents,
        "summary": quoted(contents, destination),
        "destination": destination,
        "form": form,
        "removed": _removed(request),
    }
    response = render(request, "checkout/basket.html", context)
    baskets.remember(response, contents.basket, secure=request.is_secure())
    return response


@same_origin_post
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    form = AddForm(request.POST)
    if not form.is_valid():
        if "product" in form.errors:
            raise Http404
        return _not_added(request, _packs_said(form))
    stockrecord = form.stockrecord()
    if stockrecord is None:
        return _not_added(request, _("This is sold out just now. Nothing was put in the basket."))
    basket = baskets.add(request, stockrecord, form.packs)
    messages.success(request, _("%(title)s is in your basket.") % {"title": stockrecord.product.title})
    response = redirect("checkout:basket")
    baskets.remember(response, basket, secure=request.is_secure())
    return response


def _not_added(request: HttpRequest, words: str) -> HttpResponse:
    """js/basket.js takes a redirect for "added"; told otherwise it sends the form again the ordinary way."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=422)
    messages.warning(request, words)
    return redirect("checkout:basket")


@require_POST
def change_line(request: HttpRequest, pk: int) -> HttpResponse:
    """Another number of packs; nought, or the button "remove", takes the line out and offers to undo it."""
    basket = baskets.find_basket(request)
    quantity = 0 if "remove" in request.POST else _quantity(request)
    if basket is None:
        return redirect("checkout:basket")
    if quantity is None:
        return redirect("checkout:basket")
    before = baskets.change(basket, pk, quantity)
    if before is None or quantity:
        return redirect("checkout:basket")
    undo = urlencode({"bo": before.product_id, "goi": before.quantity})
    return redirect(f"{reverse('checkout:basket')}?{undo}")


def _quantity(request: HttpRequest) -> int | None:
    form = QuantityForm(request.POST)
    if form.is_valid():
        quantity: int = form.cleaned_data["quantity"]
        return quantity
    messages.error(request, _packs_said(form))
    return None


def _packs_said(form: AddForm | QuantityForm) -> str:
    return " ".join(map(str, form.errors["quantity"]))


def _removed(request: HttpRequest) -> dict[str, object] | None:
    """The product that was just taken out, for the undo button."""
    product = request.GET.get("bo", "")
    title = (
        Product.objects.filter(pk=product).values_list("title", flat=True).first()
        if product.isdecimal()
        else None
    )
    packs = request.GET.get("goi", "1")
    return (
        {"product": product, "packs": packs if packs.isdecimal() else "1", "title": title} if title else None
    )

"""The buyer's pages about an order: find it again, follow each parcel."""

from allauth.core.ratelimit import consume
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from marketplace.order.access import grant, let_look, opened_numbers, order_for
from marketplace.order.links import is_signed
from marketplace.order.models import Order
from payments.parcel_refunds import wanting_an_account

from .affairs import affairs_of, refunds_of
from .forms import FindOrderForm
from .paying import paying_of
from .steps import steps


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Own orders of whoever is signed in, and the door for guests: number and last four digits let one look."""
    form = FindOrderForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if not consume(request, action="find_order", key=form.cleaned_data["number"]):
            return render(request, "429.html", status=429)
        found = Order.objects.filter(
            number=form.cleaned_data["number"], phone__endswith=form.cleaned_data["last_digits"]
        ).first()
        if found is not None:
            let_look(request, found)
            return redirect("tracking:order", number=found.number)
        form.add_error(
            None, _("No order has this number and these digits. Check both, or ask the person who ordered.")
        )
    context = {"form": form, "orders": _known_orders(request)}
    return render(request, "tracking/find.html", context, status=422 if form.errors else 200)


def _known_orders(request: HttpRequest) -> QuerySet[Order]:
    """Those of the account, or those that this visitor has opened before."""
    if request.user.is_authenticated:
        return Order.objects.of_buyer(request.user)[:50]
    return Order.objects.filter(number__in=opened_numbers(request)).order_by("-date_placed")


@never_cache
@require_safe
def order(request: HttpRequest, number: str) -> HttpResponse:
    """?khoa= is the key of a message's link: it lets this session change the order and leaves the address bar."""
    if signature := request.GET.get("khoa"):
        if not is_signed(number, signature):
            return redirect("tracking:find")
        grant(request, get_object_or_404(Order, number=number))
        return redirect("tracking:order", number=number)
    found = Order.objects.with_parcels().get(pk=order_for(request, number).pk)
    paying = paying_of(found)
    parcels = [
        (parcel, steps(parcel, pays_on_delivery=paying.at_the_door), affairs_of(parcel))
        for parcel in found.seller_orders.all()
    ]
    refunds = list(refunds_of(found.pk))
    context = {"order": found, "parcels": parcels, "paying": paying}
    before_packing = [
        parcel for parcel, _steps, _affairs in parcels if parcel.status in parcel.BEFORE_PACKING
    ]
    context |= {
        "can_cancel_all": len(before_packing) > 1,
        "is_before_packing": bool(before_packing),
        "refunds": refunds,
        "wants_account": wanting_an_account(found.pk).exists() if refunds else False,
    }
    return render(request, "tracking/order.html", context)

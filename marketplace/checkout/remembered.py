"""What a buyer need not type twice: from the account's last order, else from this browser's own session."""

from typing import Any

from django.http import HttpRequest

from marketplace.accounts.phones import national
from marketplace.checkout.forms import CheckoutForm
from marketplace.order.models import Order, ShippingAddress

_KEY = "checkout_details"
_FIELDS = ("name", "phone", "email", "line1", "place", "place_typed", "commune", "payment")


def details(request: HttpRequest) -> dict[str, Any]:
    """Initial values of CheckoutForm."""
    kept: dict[str, Any] = request.session.get(_KEY, {})
    if kept or not request.user.is_authenticated:
        return dict(kept)
    user = request.user
    known = {"name": user.full_name, "phone": national(user.phone), "email": user.email}
    last = Order.objects.of_buyer(user).select_related("shipping_address__commune__province").first()
    return known | (_address(last.shipping_address) if last and last.shipping_address else {})


def keep(request: HttpRequest, form: CheckoutForm) -> None:
    """What was typed, right or wrong: leaving the page and coming back loses nothing."""
    request.session[_KEY] = {name: form.data.get(name, "") for name in _FIELDS}


def _address(address: ShippingAddress) -> dict[str, str]:
    place = str(address.commune)
    return {
        "name": address.last_name,
        "line1": address.line1,
        "place": place,
        "place_typed": place,
        "commune": address.commune_id,
    }

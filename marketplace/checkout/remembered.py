"""What a buyer need not type twice: from the account's last order, else from this browser's own session."""

from typing import Any

from django.http import HttpRequest

from marketplace.accounts.phones import national
from marketplace.order.models import Order, ShippingAddress

_DETAILS = "checkout_details"
_RETURNED = "checkout_returned"
_FIELDS = ("name", "phone", "email", "line1", "note", "place", "place_typed", "commune", "payment")
#: of one submission only
_OF_THE_SUBMISSION = ("token", "agreed_total", "update")


def details(request: HttpRequest) -> dict[str, Any]:
    """Initial values of CheckoutForm."""
    kept: dict[str, Any] = request.session.get(_DETAILS, {})
    if kept or not request.user.is_authenticated:
        return dict(kept)
    user = request.user
    known = {"name": user.full_name, "phone": national(user.phone), "email": user.email}
    last = Order.objects.of_buyer(user).select_related("shipping_address__commune__province").first()
    return known | (_address(last.shipping_address) if last and last.shipping_address else {})


def keep(request: HttpRequest) -> None:
    """What was typed, right or wrong: leaving the page and coming back loses nothing."""
    request.session[_DETAILS] = _posted(request, _FIELDS)


def hand_back(request: HttpRequest) -> None:
    """The submission is to be looked at again, by a GET: a page that answers a POST breaks Back and refresh."""
    request.session[_RETURNED] = _posted(request, _FIELDS + _OF_THE_SUBMISSION)


def handed_back(request: HttpRequest) -> dict[str, str] | None:
    """The submission to show with its errors, once."""
    returned: dict[str, str] | None = request.session.pop(_RETURNED, None)
    return returned


def forget_note(request: HttpRequest) -> None:
    """The note belonged to the order that was placed; the rest is the same person next time."""
    request.session[_DETAILS] = {**request.session.get(_DETAILS, {}), "note": ""}


def _posted(request: HttpRequest, names: tuple[str, ...]) -> dict[str, str]:
    return {name: request.POST[name] for name in names if name in request.POST}


def _address(address: ShippingAddress) -> dict[str, str]:
    place = str(address.commune)
    return {
        "name": address.last_name,
        "line1": address.line1,
        "place": place,
        "place_typed": place,
        "commune": address.commune_id,
    }

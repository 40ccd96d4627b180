"""The only door from an order number in a URL to the buyer's order."""

from django.http import Http404, HttpRequest

from marketplace.order.models import Order

#: session key of the numbers that this visitor has opened by a link, by phone digits or by ordering
_OPENED = "opened_orders"
_MOST_OPENED = 50


def order_for(request: HttpRequest, number: str) -> Order:
    """For platform staff, the buyer who was signed in, and whoever holds a grant; Http404 for everybody else."""
    order = Order.objects.filter(number=number).first()
    if order is None or not _may_see(request, order):
        raise Http404
    return order


def grant(request: HttpRequest, order: Order) -> None:
    """This visitor may open the order for as long as the session lives."""
    opened = [number for number in request.session.get(_OPENED, []) if number != order.number]
    request.session[_OPENED] = [*opened, order.number][-_MOST_OPENED:]


def opened_numbers(request: HttpRequest) -> list[str]:
    """Orders that this visitor was let in to, latest first."""
    return list(reversed(request.session.get(_OPENED, [])))


def _may_see(request: HttpRequest, order: Order) -> bool:
    user = request.user
    if user.is_authenticated and (user.is_staff or order.user_id == user.pk):
        return True
    return order.number in request.session.get(_OPENED, [])

"""The only door from an order number in a URL to the buyer's order: to look at it, and to change it.

Its number and four digits of a phone let a visitor look. What moves goods or money needs more: the account that
ordered, the browser that ordered, or the link that only the buyer's phone and mail were sent.
"""

from django.http import Http404, HttpRequest

from marketplace.order.models import Order

#: session keys: the numbers that this visitor may look at, and those of them that he may change too
_OPENED = "opened_orders"
_HELD = "held_orders"
_MOST_OPENED = 50


def order_for(request: HttpRequest, number: str) -> Order:
    """For platform staff, the buyer who was signed in, and whoever was let in; Http404 for everybody else."""
    order = Order.objects.filter(number=number).first()
    if order is None or not _may_see(request, order):
        raise Http404
    return order


def may_change(request: HttpRequest, order: Order) -> bool:
    """Not for staff: they act at the desk, with a second factor and a line in its diary."""
    return _is_buyer(request, order) or order.number in request.session.get(_HELD, [])


def grant(request: HttpRequest, order: Order) -> None:
    """This visitor may open and change the order for as long as the session lives."""
    let_look(request, order)
    _remember(request, _HELD, order)


def let_look(request: HttpRequest, order: Order) -> None:
    """This visitor may open the order for as long as the session lives, and no more than look."""
    _remember(request, _OPENED, order)


def opened_numbers(request: HttpRequest) -> list[str]:
    """Orders that this visitor was let in to, latest first."""
    return list(reversed(request.session.get(_OPENED, [])))


def _may_see(request: HttpRequest, order: Order) -> bool:
    if _is_buyer(request, order) or (request.user.is_authenticated and request.user.is_staff):
        return True
    return order.number in request.session.get(_OPENED, [])


def _is_buyer(request: HttpRequest, order: Order) -> bool:
    return request.user.is_authenticated and order.user_id == request.user.pk


def _remember(request: HttpRequest, key: str, order: Order) -> None:
    numbers = [number for number in request.session.get(key, []) if number != order.number]
    request.session[key] = [*numbers, order.number][-_MOST_OPENED:]

"""Which stall a person acts for, and what of it an address may name. Foreign and unknown are the same 404.

Every view of the console is behind `for_members` or `for_owners` and takes its rows from the functions below.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache

from catalogue.models import Product
from farmers.partner.models import PartnerMember, StockRecord
from marketplace.accounts.models import User
from marketplace.order.models import SellerOrder

View = Callable[..., HttpResponse]
#: session key: the code of the stall that the person chose last
CHOSEN = "stall"


def memberships_of(request: HttpRequest) -> QuerySet[PartnerMember]:
    return PartnerMember.objects.filter(user=cast(User, request.user)).order_by("partner__name", "pk")


def member_of(request: HttpRequest) -> PartnerMember | None:
    """The person's place in the stall chosen in this session, else in the first; None for whoever sells nothing."""
    mine = memberships_of(request).select_related("user", "partner__commune__province")
    return mine.filter(partner__code=request.session.get(CHOSEN, "")).first() or mine.first()


def choose_stall(request: HttpRequest, code: str) -> None:
    """Act for this stall from now on; 404 when it is not the person's."""
    request.session[CHOSEN] = get_object_or_404(memberships_of(request), partner__code=code).partner.code


def for_members(view: View) -> View:
    """Pass the view the person's PartnerMember; visitors sign in first, others hear how to become a seller."""

    @never_cache
    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        member = member_of(request)
        if member is None:
            return render(request, "workspace/no_stall.html", status=404)
        return view(request, member, *args, **kwargs)

    return inner


def for_owners(view: View) -> View:
    """As for_members, and 403 for helpers: they pack and count, prices and refusals are the owner's."""

    @wraps(view)
    def inner(request: HttpRequest, member: PartnerMember, *args: Any, **kwargs: Any) -> HttpResponse:
        if not member.is_owner:
            raise PermissionDenied
        return view(request, member, *args, **kwargs)

    return for_members(inner)


def seller_orders_of(member: PartnerMember) -> QuerySet[SellerOrder]:
    """The stall's parts of orders that it was ever asked to pack: not those that ended before their money came."""
    return SellerOrder.objects.filter(partner=member.partner_id, asked_at__isnull=False)


def seller_order_for(member: PartnerMember, number: str) -> SellerOrder:
    orders = seller_orders_of(member).select_related("order__shipping_address__commune__province")
    return get_object_or_404(orders.prefetch_related("lines__reductions"), number=number)


def products_of(member: PartnerMember) -> QuerySet[Product]:
    products: QuerySet[Product] = Product.objects.filter(seller=member.partner_id)
    return products


def product_for(member: PartnerMember, pk: int) -> Product:
    return get_object_or_404(products_of(member).select_related("crop"), pk=pk)


def stock_for(member: PartnerMember, product_pk: int) -> StockRecord:
    records: QuerySet[StockRecord] = StockRecord.objects.filter(partner=member.partner_id)
    return get_object_or_404(records, product=product_pk)

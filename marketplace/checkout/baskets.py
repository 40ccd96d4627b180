"""The one door to a visitor's basket: Oscar's Basket and Line, found by account or by a signed cookie."""

from dataclasses import dataclass, field

from django.core import signing
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from oscar.apps.basket.models import Basket, Line

from catalogue.crops import SaleMode
from catalogue.listing.models import Listing
from catalogue.money import dong
from farmers.partner.models import Partner, StockRecord

COOKIE = "basket"
COUNT_COOKIE = "basket_count"
COOKIE_AGE = 60 * 60 * 24 * 30
#: nobody buys a thousand packs by parcel
MOST_PACKS = 999

_signer = signing.Signer(salt="marketplace.checkout.basket")


@dataclass(slots=True)
class BasketLine:
    """Amounts in whole đồng. `problem` says in words what changed since it was put in; empty when all is well."""

    line: Line
    listing: Listing | None
    #: packs that can be had now
    left: int
    #: today's price of a pack; the price of the day it was put in when it is no longer sold
    unit_price: int
    problem: str = ""
    #: only a changed price: the line can be bought as it stands
    can_buy: bool = True

    @property
    def quantity(self) -> int:
        return int(self.line.quantity)

    @property
    def stockrecord(self) -> StockRecord:
        return self.line.stockrecord

    @property
    def total(self) -> int:
        return self.unit_price * self.quantity


@dataclass(slots=True)
class BasketParcel:
    """What one seller would send."""

    partner: Partner
    lines: list[BasketLine] = field(default_factory=list)

    @property
    def goods_total(self) -> int:
        return sum(line.total for line in self.lines)


@dataclass(slots=True)
class BasketContents:
    basket: Basket | None
    parcels: list[BasketParcel] = field(default_factory=list)

    @property
    def lines(self) -> list[BasketLine]:
        return [line for parcel in self.parcels for line in parcel.lines]

    @property
    def is_empty(self) -> bool:
        return not self.parcels

    @property
    def can_buy(self) -> bool:
        return not self.is_empty and all(line.can_buy for line in self.lines)

    @property
    def packs(self) -> int:
        return sum(line.quantity for line in self.lines)

    @property
    def goods_total(self) -> int:
        return sum(parcel.goods_total for parcel in self.parcels)


def find_basket(request: HttpRequest) -> Basket | None:
    """The open basket of the account, else the one that the cookie names."""
    return _baskets(request).first()


def _baskets(request: HttpRequest) -> QuerySet[Basket]:
    """At most one."""
    open_baskets = Basket.objects.filter(status=Basket.OPEN).order_by("-pk")
    if request.user.is_authenticated:
        return open_baskets.filter(owner=request.user)[:1]
    try:
        pk = _signer.unsign(request.COOKIES.get(COOKIE, ""))
    except signing.BadSignature:
        return open_baskets.none()
    return open_baskets.filter(pk=pk, owner=None)[:1]


def contents(request: HttpRequest) -> BasketContents:
    """All that a page about the visitor's basket shows, in one statement whatever the number of lines."""
    return look_into(_baskets(request))


def look_into(baskets: QuerySet[Basket]) -> BasketContents:
    """Of one basket; a basket without lines is as good as none."""
    lines = (
        Line.objects.filter(basket__in=baskets.values("pk"))
        .select_related(
            "basket",
            "product__crop",
            "product__listing",
            "stockrecord__partner__commune__province",
        )
        .order_by("date_created", "pk")
    )
    found = BasketContents(None)
    parcels: dict[int, BasketParcel] = {}
    for line in lines:
        line.stockrecord.product = line.product
        found.basket, partner = line.basket, line.stockrecord.partner
        parcels.setdefault(partner.pk, BasketParcel(partner)).lines.append(_looked_at(line))
    found.parcels = list(parcels.values())
    return found


def add(request: HttpRequest, stockrecord: StockRecord, quantity: int) -> Basket:
    """Put packs of a stock record (with its product) in; the same product again adds up."""
    basket = find_basket(request)
    if basket is None:
        owner = request.user if request.user.is_authenticated else None
        basket = Basket.objects.create(owner=owner)
    _put(basket, stockrecord, quantity)
    return basket


@transaction.atomic
def change(basket: Basket, line_pk: int, quantity: int) -> Line | None:
    """Set a line's packs; nought takes it out. The line as it was, or None when it is not of this basket."""
    line = Line.objects.filter(basket=basket, pk=line_pk).select_related("product", "stockrecord").first()
    if line is None:
        return None
    if quantity < 1:
        Line.objects.filter(pk=line_pk).delete()
    else:
        _set(line, quantity)
    return line


def merge_into_account(request: HttpRequest) -> None:
    """At login the guest's basket joins the account's."""
    try:
        pk = _signer.unsign(request.COOKIES.get(COOKIE, ""))
    except signing.BadSignature:
        return
    with transaction.atomic():
        guest = Basket.objects.select_for_update().filter(pk=pk, owner=None, status=Basket.OPEN).first()
        if guest is None:
            return
        own = find_basket(request)
        if own is None:
            Basket.objects.filter(pk=guest.pk).update(owner=request.user)
            return
        for line in guest.lines.select_related("stockrecord__product"):
            _put(own, line.stockrecord, line.quantity)
        Basket.objects.filter(pk=guest.pk).update(status=Basket.MERGED, date_merged=timezone.now())


def submit(basket: Basket) -> bool:
    """The basket has become an order: it cannot be bought again. False when another window was faster."""
    still_open = Basket.objects.filter(pk=basket.pk, status=Basket.OPEN)
    return bool(still_open.update(status=Basket.SUBMITTED, date_submitted=timezone.now()))


def remember(response: HttpResponse, basket: Basket | None, *, secure: bool) -> None:
    """Set the two cookies: whose basket it is (signed, unreadable to scripts) and the number on its icon."""
    packs = basket.lines.aggregate(packs=Sum("quantity"))["packs"] or 0 if basket else 0
    response.set_cookie(COUNT_COOKIE, str(packs), max_age=COOKIE_AGE, secure=secure, samesite="Lax")
    if basket is None:
        response.delete_cookie(COOKIE)
    elif basket.owner_id is None:
        value = _signer.sign(str(basket.pk))
        response.set_cookie(COOKIE, value, max_age=COOKIE_AGE, secure=secure, httponly=True, samesite="Lax")


def _put(basket: Basket, stockrecord: StockRecord, quantity: int) -> None:
    """Two taps at once make one line: its reference is unique in the basket."""
    line, created = Line.objects.get_or_create(
        basket=basket,
        line_reference=str(stockrecord.pk),
        defaults={
            "product": stockrecord.product,
            "stockrecord": stockrecord,
            "quantity": min(quantity, MOST_PACKS),
            "price_currency": "VND",
            "price_incl_tax": stockrecord.price,
            "price_excl_tax": stockrecord.price,
        },
    )
    if not created:
        _set(line, line.quantity + quantity)


def _set(line: Line, quantity: int) -> None:
    """Whoever changes a line has seen today's price of it."""
    price = line.stockrecord.price
    Line.objects.filter(pk=line.pk).update(
        quantity=min(quantity, MOST_PACKS), price_incl_tax=price, price_excl_tax=price
    )


def _looked_at(line: Line) -> BasketLine:
    listing = getattr(line.product, "listing", None)
    then, record = int(line.price_incl_tax), line.stockrecord
    on_sale = listing is not None and listing.sale_mode == SaleMode.PARCEL and not record.is_paused
    left, now = int(record.num_in_stock - record.num_allocated), int(record.price)
    if not on_sale or left < 1:
        return BasketLine(line, listing, 0, then, _("Sold out. Take it out to go on."), can_buy=False)
    if left < line.quantity:
        problem = _("Only %(left)d packs left. Take fewer to go on.") % {"left": left}
        return BasketLine(line, listing, left, now, problem, can_buy=False)
    if now != then:
        problem = _("The price has changed: it was %(then)s, it is %(now)s.") % {
            "then": dong(then),
            "now": dong(now),
        }
        return BasketLine(line, listing, left, now, problem)
    return BasketLine(line, listing, left, now)

"""The cast of the tests and plain functions that make rows: pass only what matters to the test.

Chị Lan buys, anh Tâm farms in Bù Đăng, HTX Đồng Phú is a cooperative, and a stranger may see nothing.
Amounts are whole đồng, weights grams.
"""

import datetime
import itertools
import uuid

from django.utils import timezone
from oscar.core.loading import get_model

from catalogue.models import Crop
from catalogue.search.fold import fold, slugify_vi
from farmers.partner.models import Partner, PartnerMember, StockRecord
from marketplace.accounts.models import User
from marketplace.address.models import Commune, Country, Province
from marketplace.order.models import Order
from marketplace.order.placement import Parcel, ParcelLine, Placement, Recipient
from marketplace.order.services import mark_paid, place_order
from marketplace.shipping.quotes import Quote

Product = get_model("catalogue", "Product")
ProductClass = get_model("catalogue", "ProductClass")

FREIGHT = 30_000
"""What each parcel costs to send."""

_serial = itertools.count(1)

#: code -> name, province code, province name, as in the official list
PLACES = {
    "25396": ("Xã Bù Đăng", "75", "Đồng Nai"),
    "25363": ("Phường Đồng Phú", "75", "Đồng Nai"),
    "25210": ("Phường Đồng Xoài", "75", "Đồng Nai"),
    "00004": ("Phường Ba Đình", "01", "Hà Nội"),
    "26740": ("Phường Sài Gòn", "79", "Hồ Chí Minh"),
}


# --- places ---------------------------------------------------------------------------------------------
def make_commune(code: str = "25396") -> Commune:
    """One of PLACES with its province, and Vietnam itself."""
    name, province_code, province_name = PLACES[code]
    Country.objects.get_or_create(
        iso_3166_1_a2="VN", defaults={"name": "Việt Nam", "printable_name": "Việt Nam"}
    )
    province, _ = Province.objects.get_or_create(
        code=province_code, defaults={"name": province_name, "kind": "city"}
    )
    commune, _ = Commune.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "kind": "ward" if name.startswith("Phường") else "commune",
            "province": province,
            "folded": fold(f"{name} {province_name}"),
            "source_date": datetime.date(2026, 10, 1),
        },
    )
    return commune


# --- people ---------------------------------------------------------------------------------------------
def make_user(phone: str = "", full_name: str = "", **fields: object) -> User:
    phone = phone or f"+84933{next(_serial):06d}"
    existing = User.objects.filter(phone=phone).first()
    return existing or User.objects.create_user(
        phone, full_name=full_name, phone_verified_at=timezone.now(), **fields
    )


def chi_lan() -> User:
    return make_user("+84912000001", "Nguyễn Thị Lan")


def stranger() -> User:
    return make_user("+84912000009", "Người Lạ")


def make_staff() -> User:
    return make_user("+84912000008", "Quản Trị", is_staff=True)


# --- sellers --------------------------------------------------------------------------------------------
def make_partner(
    name: str = "",
    *,
    kind: str = Partner.Kind.HOUSEHOLD,
    status: str = Partner.Status.ACTIVE,
    commune: Commune | None = None,
    owner: User | None = None,
    **fields: object,
) -> Partner:
    """A seller that may sell; with `owner` also the person behind it."""
    partner = Partner.objects.create(
        name=name or f"Nhà vườn {next(_serial)}",
        kind=kind,
        status=status,
        commune=commune or make_commune(),
        **fields,
    )
    if owner is not None:
        PartnerMember.objects.create(partner=partner, user=owner)
    return partner


def anh_tam() -> Partner:
    """A household in Bù Đăng; its owner is `anh_tam().members.get().user`."""
    found = Partner.objects.filter(name="Nhà vườn anh Tâm").first()
    return found or make_partner(
        "Nhà vườn anh Tâm", phone="+84912000002", owner=make_user("+84912000002", "Điểu Tâm")
    )


def htx_dong_phu() -> Partner:
    found = Partner.objects.filter(name="HTX Đồng Phú").first()
    return found or make_partner(
        "HTX Đồng Phú",
        kind=Partner.Kind.COOPERATIVE,
        commune=make_commune("25363"),
        phone="+84912000003",
        owner=make_user("+84912000003", "Trần Thị Mai"),
    )


# --- what they sell ---------------------------------------------------------------------------------------
def make_crop(code: str = "cashew_roasted", *, name: str = "Hạt điều rang", **fields: object) -> Crop:
    defaults = {
        "name": name,
        "name_en": code,
        "group": Crop.Group.NUTS,
        "sale_modes": ["parcel"],
        "season_months": list(range(1, 13)),
        "keeps_days": 270,
    }
    return Crop.objects.get_or_create(code=code, defaults=defaults | fields)[0]


def make_product(
    title: str = "",
    *,
    partner: Partner | None = None,
    price: int | None = 95_000,
    stock: int = 50,
    pack_grams: int = 500,
    crop: Crop | None = None,
    is_paused: bool = False,
    **fields: object,
) -> "Product":
    """A product on sale with its one stock record (`stock_of(product)`)."""
    title = title or f"Hạt điều rang {next(_serial)}"
    partner = partner or anh_tam()
    kind, _ = ProductClass.objects.get_or_create(name="Nông sản", defaults={"slug": "nong-san"})
    product = Product.objects.create(
        title=title,
        slug=slugify_vi(title),
        product_class=kind,
        seller=partner,
        crop=crop or make_crop(),
        pack_grams=pack_grams,
        commune=partner.commune,
        **fields,
    )
    StockRecord.objects.create(
        product=product,
        partner=partner,
        partner_sku=f"SKU-{next(_serial)}",
        price=price,
        num_in_stock=stock,
        num_allocated=0,
        is_paused=is_paused,
    )
    return product


def stock_of(product: "Product") -> StockRecord:
    """The stock record as it stands in the database now."""
    return StockRecord.objects.get(product=product)


# --- orders: by the real services, so that they add up and hold stock ---------------------------------------
def make_placement(*wanted: "tuple[Product, int]", **fields: object) -> Placement:
    """Products with their numbers of packs, to phường Ba Đình by QR; each seller's parcel costs FREIGHT."""
    wanted = wanted or ((make_product(), 1),)
    by_seller: dict[int, list[ParcelLine]] = {}
    for product, quantity in wanted:
        record = StockRecord.objects.select_related("product", "partner").get(product=product)
        by_seller.setdefault(record.partner_id, []).append(ParcelLine(stockrecord=record, quantity=quantity))
    quote = Quote(charge=FREIGHT, charged_grams=650, days_min=3, days_max=5, detail={})
    parcels = tuple(
        Parcel(partner=lines[0].stockrecord.partner, lines=tuple(lines), quote=quote)
        for lines in by_seller.values()
    )
    recipient = Recipient(
        name="Nguyễn Thị Lan", phone="+84912000001", line1="12 Hoàng Diệu", commune=make_commune("00004")
    )
    defaults = {
        "submission_token": uuid.uuid4(),
        "recipient": recipient,
        "parcels": parcels,
        "payment_method": "vietqr",
        "pays_on_delivery": False,
    }
    return Placement(**defaults | fields)


def make_order(*wanted: "tuple[Product, int]", **fields: object) -> Order:
    """A placed order; `payment_method="cash_on_delivery", pays_on_delivery=True` for one paid at the door."""
    return place_order(make_placement(*wanted, **fields))


def make_paid_order(*wanted: "tuple[Product, int]", **fields: object) -> Order:
    order = make_order(*wanted, **fields)
    mark_paid(order, amount=150_000)
    return order

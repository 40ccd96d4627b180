"""What became of some demo orders: less comes, the buyer wants to cancel, claims, or gets much money back."""

from django.utils import timezone

from catalogue.models import ProductImage
from marketplace.accounts.models import User
from marketplace.images.models import MarketImage
from marketplace.order.models import Order, SellerOrder
from payments.claims.cancelling import ask
from payments.claims.reducing import reduce_line
from payments.claims.services import make_claim
from payments.models import Refund
from payments.parcel_refunds import left_of, refund_parcel

LESS, ASKS, CLAIM, REFUND = "less", "asks", "claim", "refund"
KINDS = (LESS, ASKS, CLAIM, REFUND)


def happen(kind: str, order: Order) -> None:
    """To the first parcel of a paid order, by the services that farm, buyer and staff use."""
    parcel = order.seller_orders.select_related("partner").order_by("pk")[0]
    now = timezone.now()
    if kind == LESS:
        owner = parcel.partner.members.get(role="owner").user
        line = parcel.lines.order_by("pk")[0]
        reduce_line(line, packs=1, reason="Còn thiếu một gói, chưa kịp phơi khô.", by=owner)
    elif kind == ASKS:
        ask(parcel, reason="Nhà tôi đi vắng đột xuất, xin hủy giúp.", now=now)
    elif kind == CLAIM:
        words = "Hai gói bị rách, hạt ẩm và có mùi dầu cũ."
        wanted, photos = left_of(parcel).goods // 2, _pictures(parcel)
        make_claim(parcel, words=words, wanted=wanted, photos=photos, now=now)
    elif kind == REFUND:
        _give_back(parcel)


def _pictures(parcel: SellerOrder) -> list[MarketImage]:
    """The illustration of what was bought: the demo has no photo of spoiled goods."""
    shown = ProductImage.objects.filter(product__in=parcel.lines.values("product")).select_related("image")
    return [row.image for row in shown[:1]]


def _give_back(parcel: SellerOrder) -> None:
    """All of it: above the limit of one person, so that it waits for a second."""
    refund_parcel(
        parcel,
        kind=Refund.Kind.LINE,
        reason="Giao nhầm loại hàng, khách gửi trả lại.",
        key=f"demo:{parcel.pk}",
        goods=left_of(parcel).goods,
        by=User.objects.filter(is_staff=True).order_by("pk")[0],
    )

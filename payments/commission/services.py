"""How much the market keeps of a sale, and how much of it goes back with a refund. Amounts are whole đồng."""

from datetime import date, datetime

from django.db.models import Q, Sum
from django.utils import timezone

from catalogue.models import Crop
from farmers.partner.models import Partner
from marketplace.order.models import Line, SellerOrder
from payments.commission.models import Commission, CommissionRule, ShippingRule
from payments.ledger.allocation import at_rate, part_of


def rate_for(partner: Partner, on: date, crop: Crop | None = None) -> int:
    """Basis points kept of what this seller sells on that day (in Vietnam); 0 where no rule says anything.

    A rule for the seller goes before one for the crop, that before one for the kind of seller, that before the
    rule for everybody; among equals the one that began last.
    """
    return _choose(_rules_for(partner, on), crop)


def rates_for(partner: Partner, on: date) -> dict[Crop, int]:
    """The same for every crop, in the order of the crops."""
    rules = _rules_for(partner, on)
    return {crop: _choose(rules, crop) for crop in Crop.objects.order_by("position", "name")}


def net_of(price: int, basis_points: int) -> int:
    """What the seller keeps of ``price``."""
    return price - at_rate(price, basis_points)


def seller_pays_carrier(on: date) -> bool:
    """Whether the buyer's shipping charge goes to the seller for parcels handed over on that day."""
    rule = ShippingRule.objects.in_force(on).first()
    return rule is not None and rule.payer == ShippingRule.Payer.SELLER


def earn(parcel: SellerOrder, *, occurred_at: datetime) -> Commission:
    """Freeze what is kept of the parcel's goods, line by line, once; part of the caller's transaction."""
    rules = _rules_for(parcel.partner, timezone.localdate(occurred_at))
    lines = parcel.lines.select_related("product__crop").prefetch_related("reductions").order_by("pk")
    detail = [_detail(line, _choose(rules, line.product.crop if line.product else None)) for line in lines]
    return _once(
        f"sold:{parcel.pk}",
        seller_order=parcel,
        goods=parcel.goods_due,
        amount=sum(row["amount"] for row in detail),
        detail=detail,
        occurred_at=occurred_at,
    )


def give_back(parcel: SellerOrder, *, goods: int, refund_pk: int, occurred_at: datetime) -> Commission | None:
    """``goods`` đồng of the parcel's goods go back to the buyer: so does their share of the commission, once.

    Shares are counted on all that was given back so far, so that a whole refund in any number of parts gives back
    exactly what was kept. None where the parcel has earned nothing.
    """
    sold = parcel.commissions.filter(key=f"sold:{parcel.pk}").first()
    if sold is None or not sold.goods:
        return None
    back = parcel.commissions.exclude(pk=sold.pk).exclude(key=f"refund:{refund_pk}")
    before = back.aggregate(goods=Sum("goods", default=0), amount=Sum("amount", default=0))
    so_far = min(goods - before["goods"], sold.goods)
    return _once(
        f"refund:{refund_pk}",
        seller_order=parcel,
        goods=-so_far - before["goods"],
        amount=-part_of(sold.amount, so_far, sold.goods) - before["amount"],
        occurred_at=occurred_at,
    )


def _rules_for(partner: Partner, on: date) -> list[CommissionRule]:
    """Those that could apply, the most specific first and of those the latest."""
    scope = Q(partner=partner) | Q(partner__isnull=True, partner_kind__in=["", partner.kind])
    return sorted(CommissionRule.objects.in_force(on).filter(scope), key=_breadth)


def _breadth(rule: CommissionRule) -> int:
    if rule.partner_id:
        return 0
    if rule.crop_id:
        return 1
    return 2 if rule.partner_kind else 3


def _choose(rules: list[CommissionRule], crop: Crop | None) -> int:
    fitting = (rule for rule in rules if rule.crop_id is None or (crop and rule.crop_id == crop.pk))
    chosen = next(fitting, None)
    return chosen.basis_points if chosen else 0


def _detail(line: Line, basis_points: int) -> dict[str, int]:
    goods = int(line.line_price_incl_tax) - sum(
        one.amount for one in line.reductions.all() if not one.was_paid
    )
    amount = at_rate(goods, basis_points)
    return {"line": line.pk, "goods": goods, "basis_points": basis_points, "amount": amount}


def _once(key: str, **values: object) -> Commission:
    return Commission.objects.get_or_create(key=key, defaults=values)[0]

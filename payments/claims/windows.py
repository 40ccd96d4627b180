"""Until when a delivered parcel can be claimed for. Loading the rules from their file is repeatable."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from catalogue.models import Crop
from marketplace.order.models import Line, SellerOrder
from payments.claims.models import ClaimWindow
from payments.models import RefundPolicy

DATA = Path(__file__).parent / "data" / "windows.toml"


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """``closes_at``: claims come before it. The hours run from the claim."""

    closes_at: datetime
    answer_hours: int
    decide_hours: int


def window_of(parcel: SellerOrder) -> Window | None:
    """The longest of its crops' windows; None before delivery and where no rule says anything."""
    delivered = parcel.events.filter(status=SellerOrder.Status.DELIVERED).order_by("-at").first()
    if parcel.status != SellerOrder.Status.DELIVERED or delivered is None:
        return None
    crops = set(parcel.lines.values_list("product__crop", flat=True))
    return _window(delivered.at, crops, _rules())


def closing(parcels: set[int], now: datetime) -> dict[int, datetime]:
    """Delivered parcel's pk -> when its window closes, of those that are open. In three questions."""
    status, rules = SellerOrder.Status.DELIVERED, _rules()
    crops: dict[int, set[int | None]] = {}
    for parcel, crop in Line.objects.filter(seller_order__in=parcels).values_list(
        "seller_order", "product__crop"
    ):
        crops.setdefault(parcel, set()).add(crop)
    arrived = SellerOrder.objects.filter(pk__in=parcels, status=status, events__status=status).order_by()
    windows = {
        parcel: _window(at, crops.get(parcel, set()), rules)
        for parcel, at in arrived.annotate(at=Max("events__at")).values_list("pk", "at")
    }
    open_ = {parcel: window for parcel, window in windows.items() if window and window.closes_at > now}
    return {parcel: window.closes_at for parcel, window in open_.items()}


def _window(delivered_at: datetime, crops: set[int | None], rules: list[ClaimWindow]) -> Window | None:
    """By the rules of the day of delivery."""
    day = timezone.localdate(delivered_at)
    in_force = {rule.crop_id: rule for rule in rules if rule.valid_from <= day}
    found = [rule for crop in crops if (rule := in_force.get(crop, in_force.get(None)))]
    if not found:
        return None
    longest = max(found, key=lambda rule: rule.hours)
    return Window(
        closes_at=delivered_at + timedelta(hours=longest.hours),
        answer_hours=longest.answer_hours,
        decide_hours=longest.decide_hours,
    )


def _rules() -> list[ClaimWindow]:
    """Of each crop the one that began last comes last."""
    return list(ClaimWindow.objects.order_by("valid_from", "pk"))


@transaction.atomic
def load_windows(file: Path = DATA) -> int:
    """The number of rules; those of days that have one already stay as they are.

    Crops have to be there; raises Crop.DoesNotExist otherwise and changes nothing.
    """
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    day, rows = content["valid_from"], [(None, content["default_hours"]), *content["crops"].items()]
    for code, hours in rows:
        crop = None if code is None else Crop.objects.get(code=code)
        times = {name: content[name] for name in ("answer_hours", "decide_hours")}
        ClaimWindow.objects.get_or_create(valid_from=day, crop=crop, defaults={"hours": hours, **times})
    RefundPolicy.objects.get_or_create(valid_from=day, defaults={"limit": content["refund_limit"]})
    return len(rows)

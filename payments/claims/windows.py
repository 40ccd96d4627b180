"""Until when a delivered parcel can be claimed for. Loading the rules from their file is repeatable."""

import tomllib
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from catalogue.models import Crop
from marketplace.order.models import SellerOrder
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
    day = timezone.localdate(delivered.at)
    rules = {rule.crop_id: rule for rule in _rules_on(day.isoformat())}
    crops = set(parcel.lines.values_list("product__crop", flat=True))
    found = [rule for crop in crops if (rule := rules.get(crop, rules.get(None)))]
    if not found:
        return None
    longest = max(found, key=lambda rule: rule.hours)
    return Window(
        closes_at=delivered.at + timedelta(hours=longest.hours),
        answer_hours=longest.answer_hours,
        decide_hours=longest.decide_hours,
    )


def _rules_on(day: str) -> list[ClaimWindow]:
    """Of each crop the one that began last comes last."""
    return list(ClaimWindow.objects.filter(valid_from__lte=day).order_by("valid_from", "pk"))


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

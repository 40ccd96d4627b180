"""From when on a delivered parcel's money may leave. Loading the rules from their file is repeatable."""

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction

from catalogue.models import Crop
from payments.payouts.models import HoldRule

DATA = Path(__file__).parent / "data" / "holds.toml"
Hours = Mapping[int | None, int]


def hold_hours(day: date) -> Hours:
    """Crop's pk -> hours, None -> for every other crop; of each the rule that began last by that day."""
    rules = HoldRule.objects.filter(valid_from__lte=day).order_by("valid_from", "pk")
    return {rule.crop_id: rule.hours for rule in rules}


def free_at(delivered_at: datetime, crops: Iterable[int | None], hours: Hours) -> datetime | None:
    """When the money of a parcel with these crops is free: its longest hold decides.

    None where no rule says: without a rule nothing leaves.
    """
    holds = [hours.get(crop, hours.get(None)) for crop in crops] or [hours.get(None)]
    known = [hold for hold in holds if hold is not None]
    if len(known) < len(holds):
        return None
    return delivered_at + timedelta(hours=max(known))


@transaction.atomic
def load_holds(file: Path = DATA) -> int:
    """The number of rules; those of days that have one already stay as they are.

    Crops have to be there; raises Crop.DoesNotExist otherwise and changes nothing.
    """
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    rows = [(None, content["default_hours"]), *content["crops"].items()]
    for code, hours in rows:
        crop = None if code is None else Crop.objects.get(code=code)
        HoldRule.objects.get_or_create(valid_from=content["valid_from"], crop=crop, defaults={"hours": hours})
    return len(rows)

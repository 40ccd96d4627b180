"""Bring the market's first rules from their file into the database; a rule that is there stays as it is."""

import tomllib
from pathlib import Path

from django.db import transaction

from payments.commission.models import CommissionRule, ShippingRule

DATA = Path(__file__).parent / "data" / "rules.toml"


@transaction.atomic
def load_rules(file: Path = DATA) -> None:
    """Add the rules of days that have none yet; staff's word on a day goes before the file's.

    Raises KeyError, FieldError or ValidationError on a row that is not a rule, and then changes nothing.
    """
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    for row in rows["commission"]:
        same = {"valid_from": row.pop("valid_from"), "partner_kind": "", "partner": None, "crop": None}
        CommissionRule.objects.get_or_create(**same, defaults=row)[0].full_clean()
    for row in rows["shipping"]:
        same = {"valid_from": row.pop("valid_from")}
        ShippingRule.objects.get_or_create(**same, defaults=row)[0].full_clean()

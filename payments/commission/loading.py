"""Bring the market's first rules from their file into the database; what staff wrote later stays."""

import tomllib
from pathlib import Path

from django.db import transaction

from payments.commission.models import CommissionRule, ShippingRule

DATA = Path(__file__).parent / "data" / "rules.toml"


@transaction.atomic
def load_rules(file: Path = DATA) -> None:
    """Raises KeyError or ValidationError on a row that is not a rule, and then changes nothing.

    The rule for everybody of a day that is there already gets the file's numbers again.
    """
    rows = tomllib.loads(file.read_text(encoding="utf-8"))
    for row in rows["commission"]:
        same = {"valid_from": row.pop("valid_from"), "partner_kind": "", "partner": None, "crop": None}
        CommissionRule.objects.update_or_create(**same, defaults=row)[0].full_clean()
    for row in rows["shipping"]:
        same = {"valid_from": row.pop("valid_from")}
        ShippingRule.objects.update_or_create(**same, defaults=row)[0].full_clean()

"""Bring the withholding rules from their file into the database; loading the same code again replaces its row."""

import tomllib
from pathlib import Path

from django.db import transaction

from payments.tax.models import WithholdingRule

DATA = Path(__file__).parent / "data" / "withholding.toml"


@transaction.atomic
def load_withholding(file: Path = DATA) -> list[WithholdingRule]:
    """Raises FieldError or ValidationError on a row that is not a rule, and then changes nothing."""
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    return [_load(dict(row)) for row in rows]


def _load(row: dict[str, object]) -> WithholdingRule:
    rule, created = WithholdingRule.objects.get_or_create(code=row.pop("code"), defaults=row)
    if not created:
        for name, value in row.items():
            setattr(rule, name, value)
    rule.full_clean()
    rule.save()
    return rule

"""Bring the withholding rules from their file into the database; a rule that is there stays as it is."""

import tomllib
from pathlib import Path

from django.db import transaction

from payments.tax.models import WithholdingRule

DATA = Path(__file__).parent / "data" / "withholding.toml"


@transaction.atomic
def load_withholding(file: Path = DATA) -> list[WithholdingRule]:
    """Add the rules whose codes are not there yet, and answer all that the file names as they are now.

    Raises KeyError, FieldError or ValidationError on a row that is not a rule, and then changes nothing.
    """
    rows = tomllib.loads(file.read_text(encoding="utf-8"))["rule"]
    return [_load(dict(row)) for row in rows]


def _load(row: dict[str, object]) -> WithholdingRule:
    rule, created = WithholdingRule.objects.get_or_create(code=row.pop("code"), defaults=row)
    if created:
        rule.full_clean()
    return rule

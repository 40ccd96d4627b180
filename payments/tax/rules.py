"""Which rule holds for a seller on a day."""

from datetime import date

from farmers.partner.models import Partner
from payments.tax.models import WithholdingRule


def rule_for(partner: Partner, on: date) -> WithholdingRule | None:
    """On that day in Vietnam; None: nothing is kept back and nothing counted."""
    return rule_of_kind(partner.kind, on)


def rule_of_kind(kind: str, on: date) -> WithholdingRule | None:
    rules = WithholdingRule.objects.in_force(on).filter(seller_kinds__contains=[kind])
    found: WithholdingRule | None = rules.first()
    return found

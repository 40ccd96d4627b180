"""Which rule holds for a seller on a day."""

from datetime import date

from farmers.partner.models import Partner
from payments.ledger.allocation import part_of
from payments.tax.models import Taxpayer, WithholdingRule


def rule_for(partner: Partner, on: date) -> WithholdingRule | None:
    """On that day in Vietnam; None: nothing is kept back and nothing counted."""
    return rule_of_kind(partner.kind, on)


def limit_for(rule: WithholdingRule, partner: Partner, year: int) -> int | None:
    """đồng up to which the year's sales of this seller are not taxed; None: their sum does not matter."""
    if not rule.is_limited:
        return None
    declared = Taxpayer.objects.filter(partner=partner, below_limit_years__contains=[year])
    if rule.policy == WithholdingRule.Policy.DECLARED and not declared.exists():
        return None
    return rule.yearly_limit


def taxed_above(rule: WithholdingRule, limit: int, *, before: int, counted: int, taxable: int) -> int:
    """đồng that are taxed of a sale of which ``counted`` come after ``before`` of the year, by its reading."""
    above = max(0, min(counted, before + counted - limit))
    if not above:
        return 0
    is_part = rule.above_limit == WithholdingRule.AboveLimit.PART
    return part_of(taxable, above, counted) if is_part else taxable


def rule_of_kind(kind: str, on: date) -> WithholdingRule | None:
    rules = WithholdingRule.objects.in_force(on).filter(seller_kinds__contains=[kind])
    found: WithholdingRule | None = rules.first()
    return found

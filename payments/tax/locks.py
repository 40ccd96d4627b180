"""The one row lock of this module, only under a rule that looks at the year's sum; its turn is in payments.locks."""

from payments.tax.models import WithholdingRule


def lock_meter(rule: WithholdingRule) -> None:
    """Sales under the rule count one after the other, so two of them never both find room below the limit."""
    WithholdingRule.objects.select_for_update(no_key=True).get(pk=rule.pk)

"""The row locks of this module, only under rules that look at the year's sum; their turn is in payments.locks."""

from datetime import date

from django.contrib.postgres.expressions import ArraySubquery

from marketplace.order.models import Order
from payments.tax.models import WithholdingRule


def lock_meters(order: Order, on: date) -> None:
    """All that the order's parcels can need, before any of them counts: two orders never wait in a ring.

    In pk order, and before the account of any seller.
    """
    kinds = ArraySubquery(order.seller_orders.order_by().values("partner__kind"))
    limited = WithholdingRule.objects.in_force(on).filter(policy__in=WithholdingRule.LIMITED)
    needed = limited.filter(seller_kinds__overlap=kinds).order_by("pk")
    list(needed.select_for_update(no_key=True).values_list("pk"))


def lock_meter(rule: WithholdingRule) -> None:
    """Sales under the rule count one after the other, so two of them never both find room below the limit."""
    WithholdingRule.objects.select_for_update(no_key=True).get(pk=rule.pk)

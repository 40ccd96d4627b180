"""What others say of our money, next to what we say."""

from payments.reconciliation.models.findings import Finding
from payments.reconciliation.models.items import Item
from payments.reconciliation.models.runs import Check, Run
from payments.reconciliation.models.statements import Match, Return, Statement, StatementRow

__all__ = ["Check", "Finding", "Item", "Match", "Return", "Run", "Statement", "StatementRow"]

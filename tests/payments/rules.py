"""Dated rules of commission and tax that hold since the year began: pass only what matters to the test."""

import datetime
from typing import Any

from payments.commission.models import CommissionRule
from payments.tax.models import WithholdingRule

NEW_YEAR = datetime.date(2026, 1, 1)


def commission(basis_points: int, *, since: datetime.date = NEW_YEAR, **scope: Any) -> CommissionRule:
    return CommissionRule.objects.create(basis_points=basis_points, valid_from=since, source="test", **scope)


def withholding(**fields: Any) -> WithholdingRule:
    """Of every sale of a household one percent and a half."""
    defaults = {
        "code": "test",
        "valid_from": NEW_YEAR,
        "seller_kinds": ["household"],
        "policy": WithholdingRule.Policy.ALWAYS,
        "vat_basis_points": 100,
        "income_tax_basis_points": 50,
        "source": "test",
    }
    return WithholdingRule.objects.create(**defaults | fields)


def taxed_above(limit: int) -> WithholdingRule:
    """``limit`` đồng of the year's revenue stay untaxed."""
    return withholding(policy=WithholdingRule.Policy.ABOVE_LIMIT, yearly_limit=limit)

"""A statement to print and to calculate with."""

from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.templatetags.money import dong
from farmers.partner.models import Partner
from marketplace.spreadsheets import Column, table
from marketplace.typesetting import pdf
from payments.statements.statement import Amounts, OrderRow, Statement

TEMPLATE = Path(__file__).parent / "statement.typ"


def statement_pdf(statement: Statement, stall: Partner) -> bytes:
    """In Vietnamese, whoever prints it."""
    with translation.override(settings.LANGUAGE_CODE):
        facts = {
            "title": _("Statement of sales"),
            "market": settings.SITE_NAME,
            "stall": stall.name,
            "period": _period(statement),
            "head": _head(),
            "rows": [[_order(row), f"{row.on:%d/%m/%Y}", *_dongs(row.amounts)] for row in statement.rows],
            "totals": [_("Total"), "", *_dongs(statement.totals)],
            "sum": _sum(statement),
            "paid_out": _("Sent to your bank account, or taken by you in cash: %(amount)s")
            % {"amount": dong(statement.paid_out)},
            "empty": _("Nothing was sold in this period."),
        }
        return pdf(TEMPLATE, facts)


def statement_xlsx(statement: Statement, stall: Partner) -> bytes:
    """Numbers stay numbers, so that they can be summed; words are never read as formulas."""
    with translation.override(settings.LANGUAGE_CODE):
        return table(
            _("Statement of sales"),
            above=[stall.name, _period(statement), _sum(statement)],
            columns=[Column(title, 18) for title in _head()],
            rows=[[_order(row), f"{row.on:%d/%m/%Y}", *_numbers(row.amounts)] for row in statement.rows],
            totals=[_("Total"), None, *_numbers(statement.totals)],
        )


def _head() -> list[str]:
    return [
        _("Order"),
        _("Date"),
        _("Goods"),
        _("Commission"),
        _("Withheld tax"),
        _("Refunds"),
        _("Shipping"),
        _("Other"),
        _("You receive"),
    ]


def _period(statement: Statement) -> str:
    return _("From %(first)s to %(last)s") % {
        "first": f"{statement.first:%d/%m/%Y}",
        "last": f"{statement.last:%d/%m/%Y}",
    }


def _sum(statement: Statement) -> str:
    return _("You receive for this period: %(amount)s") % {"amount": dong(statement.totals.net)}


def _order(row: OrderRow) -> str:
    return row.number or _("Without an order")


def _numbers(amounts: Amounts) -> list[int]:
    return [
        amounts.goods,
        amounts.commission,
        amounts.tax,
        amounts.refunds,
        amounts.shipping,
        amounts.other,
        amounts.net,
    ]


def _dongs(amounts: Amounts) -> list[str]:
    return [dong(amount) for amount in _numbers(amounts)]

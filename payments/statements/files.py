"""A statement to print and to calculate with."""

from pathlib import Path

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.money import dong
from farmers.partner.models import Partner
from marketplace.spreadsheets import Column, table
from marketplace.typesetting import pdf
from payments.statements.statement import Amounts, Row, Statement

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
            "rows": [
                [_what(row), f"{row.on:%d/%m/%Y}", *_dongs(row.amounts), str(row.words)]
                for row in statement.rows
            ],
            "totals": [_("Total"), "", *_dongs(statement.totals), ""],
            "sum": _sum(statement),
            "payouts": _payouts(statement),
            "empty": _("Nothing was sold in this period."),
        }
        return pdf(TEMPLATE, facts)


def statement_xlsx(statement: Statement, stall: Partner) -> bytes:
    """Numbers stay numbers, so that they can be summed; words are never read as formulas."""
    with translation.override(settings.LANGUAGE_CODE):
        *head, last = _head()
        return table(
            _("Statement of sales"),
            above=[stall.name, _period(statement), _sum(statement), *_payouts(statement)],
            columns=[*(Column(title, 18) for title in head), Column(last, 50)],
            rows=[
                [_what(row), f"{row.on:%d/%m/%Y}", *_numbers(row.amounts), str(row.words)]
                for row in statement.rows
            ],
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
        _("Correction by the market"),
        _("You receive"),
        _("When, or why"),
    ]


def _period(statement: Statement) -> str:
    return _("From %(first)s to %(last)s") % {
        "first": f"{statement.first:%d/%m/%Y}",
        "last": f"{statement.last:%d/%m/%Y}",
    }


def _sum(statement: Statement) -> str:
    return _("You receive for this period: %(amount)s") % {"amount": dong(statement.totals.net)}


def _payouts(statement: Statement) -> list[str]:
    """What went to the seller's bank, what came back from it and what was paid in cash, where something was."""
    said = [_("Sent to your bank account in this period: %(amount)s") % {"amount": dong(statement.paid_out)}]
    if statement.came_back:
        said.append(_("Sent back by your bank: %(amount)s") % {"amount": dong(statement.came_back)})
    if statement.cash_kept:
        said.append(_("Cash that you have taken: %(amount)s") % {"amount": dong(statement.cash_kept)})
    return said


def _what(row: Row) -> str:
    return row.number or _("Correction by the market")


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

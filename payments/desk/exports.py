"""The desk's lists as spreadsheets; text never becomes a formula (marketplace.spreadsheets)."""

from collections.abc import Iterator

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from marketplace.spreadsheets import XLSX_TYPE, Column, Value, table
from payments.desk.models import DeskAction
from payments.reconciliation.models import Item

MOST = 20_000
"""Rows of one file, newest first."""


def spreadsheet(name: str, content: bytes) -> HttpResponse:
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(content, content_type=XLSX_TYPE, headers={"Content-Disposition": disposition})


def actions_xlsx() -> bytes:
    titles = (_("When"), _("Who"), _("What"), _("To what"), _("Amount, đồng"), _("Note"))
    return table(_("Money desk diary"), columns=[Column(title, 22) for title in titles], rows=_action_rows())


def _action_rows() -> Iterator[list[Value]]:
    for action in DeskAction.objects.select_related("actor")[:MOST]:
        yield [
            f"{timezone.localtime(action.at):%d/%m/%Y %H:%M}",
            str(action.actor),
            str(action.get_kind_display()),
            action.subject,
            action.amount,
            action.note,
        ]


def items_xlsx() -> bytes:
    titles = (
        _("Found"),
        _("With"),
        _("What differs"),
        _("Reference"),
        _("We say, đồng"),
        _("They say, đồng"),
        _("State"),
        _("How it was settled"),
    )
    return table(_("Differences"), columns=[Column(title, 22) for title in titles], rows=_item_rows())


def _item_rows() -> Iterator[list[Value]]:
    for item in Item.objects.all()[:MOST]:
        yield [
            f"{timezone.localtime(item.found_at):%d/%m/%Y %H:%M}",
            item.source_name,
            str(item.get_finding_display()),
            item.reference,
            item.our_amount,
            item.their_amount,
            str(item.get_state_display()),
            item.resolution,
        ]

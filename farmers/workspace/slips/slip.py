"""The packing slip: a small PDF that goes onto the parcel, set by typst."""

import hashlib
import io
import json
from pathlib import Path
from typing import Any, cast

import segno
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from django.utils.translation import gettext as _

from catalogue.money import dong, grams
from farmers.partner.models import Partner
from farmers.workspace.order_sheet import OrderSheet
from marketplace import typesetting
from marketplace.accounts.phones import national
from marketplace.order.models import Line

TEMPLATE = Path(__file__).parent / "slip.typ"
#: a label printer's size first, then half a sheet of an office printer
PAPERS = ("a6", "a5")
_KEEP = 3600


def packing_slip(sheet: OrderSheet, stall: Partner, *, paper: str) -> bytes:
    """The PDF. Set once for the same facts within an hour: printing twice costs one typesetting."""
    facts = _facts(sheet, stall, paper)
    told = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    key = "slip:" + hashlib.sha256(told.encode() + TEMPLATE.read_bytes()).hexdigest()
    return cast(bytes, cache.get_or_set(key, lambda: typesetting.pdf(TEMPLATE, facts), _KEEP))


def _facts(sheet: OrderSheet, stall: Partner, paper: str) -> dict[str, Any]:
    """Plain values and words; the parcel travels in Vietnam, so the words are Vietnamese whoever prints it."""
    with translation.override(settings.LANGUAGE_CODE):
        return {
            "paper": paper,
            "title": _("Packing slip"),
            "number": sheet.number,
            "qr": _qr(sheet.number),
            "from": _("From"),
            "sender": [stall.name, str(stall.commune or ""), national(stall.phone) if stall.phone else ""],
            "to": _("To"),
            "recipient": sheet.recipient,
            "phone": sheet.phone,
            "place": sheet.place,
            "typed_place": _typed_place(sheet),
            "lines": [[sheet.coming(line), line.title, _packs(sheet, line)] for line in sheet.lines],
            "sum": _("%(packs)d packs, %(weight)s net")
            % {"packs": sheet.packs, "weight": grams(sheet.weight)},
            "note": _("Note: %(note)s") % {"note": sheet.note} if sheet.note else "",
            "money": _money(sheet),
            "is_paid": not sheet.to_collect,
        }


def _packs(sheet: OrderSheet, line: Line) -> str:
    short = sheet.grams_short(line)
    if not short:
        return str(line.pack_label)
    return _("%(pack)s, %(weight)s short") % {"pack": line.pack_label, "weight": grams(short)}


def _typed_place(sheet: OrderSheet) -> str:
    return _("The buyer wrote: %(place)s") % {"place": sheet.typed_place} if sheet.typed_place else ""


def _money(sheet: OrderSheet) -> str:
    if sheet.to_collect:
        return _("Collect at the door: %(amount)s") % {"amount": dong(sheet.to_collect)}
    return _("Paid. Collect nothing.")


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", xmldecl=False, border=0)
    return out.getvalue().decode()

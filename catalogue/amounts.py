"""Amounts as farmers type them. Each reader raises ValueError when it cannot be sure what was meant."""

import datetime
import re
import unicodedata

_NUMBER = r"(?P<whole>\d{1,3}(?:[., ]\d{3})+|\d+)(?:[.,](?P<part>\d{1,3}))?"
_DONG = re.compile(
    rf"{_NUMBER}\s*(?P<unit>k|nghìn|ngàn|nghin|ngan|tr|triệu|trieu)?\s*(?:đ|d|₫|đồng|dong|vnd|vnđ)?"
)
_GRAMS = re.compile(rf"{_NUMBER}\s*(?P<unit>kg|kí|ký|ki|g|gr|gam|gram|lạng|lang)?")
_MONTH = re.compile(
    r"(?:tháng\s*)?(?:(?P<year>\d{4})\s*[-/]\s*(?P<month>\d{1,2})|(?P<m>\d{1,2})\s*[-/.]\s*(?P<y>\d{4}))"
)
_TIMES = {
    **dict.fromkeys(("k", "nghìn", "ngàn", "nghin", "ngan"), 1_000),
    **dict.fromkeys(("tr", "triệu", "trieu"), 1_000_000),
    **dict.fromkeys(("kg", "kí", "ký", "ki"), 1_000),
    **dict.fromkeys(("lạng", "lang"), 100),
}
#: below this a number without a unit may be kilograms as well as grams
_SURELY_GRAMS = 20


def read_dong(text: str) -> int:
    """Whole đồng: "95000", "95.000", "95,000", "95k", "95 nghìn", "1,2 triệu", each with or without "đ"."""
    return _read(_DONG, text)[0]


def read_grams(text: str) -> int:
    """Whole grams: "500", "500 g", "0,5 kg", "5 lạng". A bare "1" is refused: it may be a kilogram."""
    grams, unit = _read(_GRAMS, text)
    if not unit and grams < _SURELY_GRAMS:
        raise ValueError(text)
    return grams


def read_month(text: str) -> datetime.date:
    """First day of the month: "2026-03" (what a month box sends), "3/2026", "tháng 3/2026"."""
    match = _MONTH.fullmatch(_plain(text))
    if not match:
        raise ValueError(text)
    return datetime.date(int(match["year"] or match["y"]), int(match["month"] or match["m"]), 1)


def _read(pattern: re.Pattern[str], text: str) -> tuple[int, str]:
    match = pattern.fullmatch(_plain(text))
    if not match:
        raise ValueError(text)
    times, part = _TIMES.get(match["unit"] or "", 1), match["part"] or ""
    amount = int(re.sub(r"\D", "", match["whole"]) + part) * times
    if amount % 10 ** len(part):
        raise ValueError(text)
    return amount // 10 ** len(part), match["unit"] or ""


def _plain(text: str) -> str:
    """Composed letters (iPhones send them in pieces), lower case, ordinary single spaces."""
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text)).strip().lower()

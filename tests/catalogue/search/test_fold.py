import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.search.fold import fold, slugify_vi


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Sầu riêng Đắk Ơ", "sau rieng dak o"),
        ("HẠT ĐIỀU", "hat dieu"),
        ("hạt điều rang muối", "hat dieu rang muoi"),
        (unicodedata.normalize("NFD", "Bưởi da xanh"), "buoi da xanh"),
        ("  Nhân điều\tW240 –  túi\u00a0500\u00a0g ", "nhan dieu w240 tui 500 g"),
        ("Tiêu đen (550 g/l)", "tieu den 550 g l"),
        ("Ri6, 22,68kg", "ri6 22 68kg"),
        ("sầu\u00ad riê\u200bng", "sau rieng"),
        ("Ｃà phê №1", "ca phe no1"),
        ("---", ""),
        ("", ""),
    ],
)
def test_fold_leaves_plain_words(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấềổỡỵ AĂÂĐÊÔƠƯ09"))
def test_vietnamese_folds_to_ascii_whatever_its_normal_form_or_case(text: str) -> None:
    assert fold(text).isascii()
    assert fold(unicodedata.normalize("NFD", text)) == fold(text) == fold(text.upper())


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Hạt điều Đồng Xoài", "hat-dieu-dong-xoai"),
        ("Mật ong hoa cà phê – 350 ml", "mat-ong-hoa-ca-phe-350-ml"),
        ("柚子 Bưởi", "buoi"),
        ("柚子", ""),
    ],
)
def test_slug_keeps_every_latin_letter(title: str, slug: str) -> None:
    assert slugify_vi(title) == slug

import unicodedata

import pytest

from catalogue.search.fold import fold
from catalogue.search.telex import readings


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hatj ddieeuf", "hạt điều"),
        ("hatj dieeufd rang muoois", "hạt điều rang muối"),
        ("Hatj Ddieeuf", "hạt điều"),
        ("saauf rieeng", "sầu riêng"),
        ("SAAUF RIEENG", "sầu riêng"),
        ("sa6u2 rie6ng", "sầu riêng"),
        ("hat5 d9ie62u", "hạt điều"),
        ("hat5 die6u29", "hạt điều"),
        ("bow saps", "bơ sáp"),
        ("buwowir da xanh", "bưởi da xanh"),
        ("buowir da xanh", "bưởi da xanh"),
        ("bu7o7i3 da xanh", "bưởi da xanh"),
        ("muwa ruowuj hoaf xoawn", "mưa rượu hòa xoăn"),
        ("quyst gif gias khuyur", "quýt gì giá khuỷu"),
        ("sầu rieeng, bow", "sầu riêng, bơ"),
        ("ddieeuf W240", "điều w240"),
    ],
)
def test_raw_keystrokes_read_as_vietnamese(typed: str, meant: str) -> None:
    assert meant in readings(typed)


@pytest.mark.parametrize(
    "typed",
    [
        "W240 WW320 SW ws LP",
        "Ri6 SVR 3L S16 ST25 034 A1",
        "500g 5kg ocop 4 sao",
        "coffee robusta cashew organic durian honey export",
        "VietGAP GlobalGAP",
        "hat dieu rang muoi",
        "hạt điều rang muối",
        "sau reing",
        "nuoc mam phu quoc",
        "",
    ],
)
def test_ordinary_words_and_grade_codes_have_no_other_reading(typed: str) -> None:
    assert readings(typed) == ()


TONES = {"\u0300": "f2", "\u0301": "s1", "\u0309": "r3", "\u0303": "x4", "\u0323": "j5"}
SHAPES = {"\u0302": ("{}{}", "{}6"), "\u031b": ("{}w", "{}7"), "\u0306": ("{}w", "{}8")}


def keystrokes(word: str, *, vni: bool) -> str:
    """What a person's fingers do for `word`: shape keys after their letter, the tone key last."""
    keys, tone = "", ""
    for letter in word:
        base, *marks = unicodedata.normalize("NFD", letter)
        key = {"đ": "d9" if vni else "dd"}.get(base, base)
        for mark in marks:
            if mark in TONES:
                tone = TONES[mark][vni]
            else:
                key = SHAPES[mark][vni].format(key, key)
        keys += key
    return keys + tone


@pytest.mark.parametrize("vni", [False, True], ids=["telex", "vni"])
@pytest.mark.parametrize(
    "name",
    [
        "hạt điều rang muối vỏ lụa",
        "nhân điều sống",
        "hồ tiêu đen",
        "cà phê vối",
        "bơ sáp",
        "quýt đường",
        "măng cụt",
        "mãng cầu ta",
        "dứa khóm trái thơm",
        "chuối già",
        "mật ong rừng",
        "tổ yến tinh chế",
        "đậu phộng",
        "bắp nếp",
        "mủ nước cao su",
        "bù đăng",
        "đồng xoài",
        "phước long",
        "lộc ninh",
        "hớn quản",
    ],
)
def test_every_name_survives_being_typed_with_the_input_method_off(name: str, *, vni: bool) -> None:
    typed = " ".join(keystrokes(word, vni=vni) for word in name.split())
    assert fold(name) in {fold(reading) for reading in readings(typed)}

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from payments.providers.vietqr.memo import find_code, make_code

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def code_of(body: str) -> str:
    """The one code with these seven characters: only one check character is right."""
    (code,) = {f"BP{body}{last}" for last in ALPHABET if find_code(f"BP{body}{last}")}
    return code


CODE = code_of("7K2M9QX")
codes = st.text(ALPHABET, min_size=7, max_size=7).map(code_of)
separators = st.text(" .-_/:,'\"\n", max_size=3)


def test_a_code_is_bp_and_eight_characters_without_lookalikes() -> None:
    for code in {make_code() for _ in range(200)}:
        assert code[:2] == "BP"
        assert len(code) == 10
        assert set(code[2:]) <= set(ALPHABET)
        assert find_code(code) == code


@pytest.mark.parametrize(
    "memo",
    [
        "{code}",
        "{code} chuyen tien",
        "MBVCB.3278907687.{code}.CT tu 0123456789 NGUYEN VAN A toi 0123499999",
        "QR - {code} - thanh toan",
        "IBFT {code}GD 6001IBT1dJ8N",
        "{lower} chuyển tiền mua hạt điều",
        "{half} {rest}",
        "CHUYEN TIEN {half}-{rest}",
        "NAP {spaced} XIN CAM ON",
        "{code};{code}",
    ],
)
def test_what_banks_do_to_a_memo_does_not_hide_the_code(memo: str) -> None:
    mangled = memo.format(code=CODE, lower=CODE.lower(), half=CODE[:6], rest=CODE[6:], spaced=" ".join(CODE))
    assert find_code(mangled) == CODE


def test_letters_that_look_like_digits_are_read_as_typed_by_hand() -> None:
    code = code_of("0123450")
    assert find_code(code.replace("0", "o").replace("1", "l")) == code
    assert find_code(code.replace("1", "I")) == code


@given(codes, st.lists(separators, min_size=9, max_size=9), st.booleans())
def test_spaces_and_punctuation_anywhere_inside_are_survived(code: str, gaps: list[str], lower: bool) -> None:
    spread = code[0] + "".join(gap + character for gap, character in zip(gaps, code[1:], strict=True))
    assert find_code(spread.lower() if lower else spread) == code


@given(codes, st.text("AEIOU .0123456789", max_size=40), st.text("AEIOU .0123456789", max_size=40))
def test_text_before_and_after_is_survived(code: str, before: str, after: str) -> None:
    assert find_code(before + code + after) == code


@given(codes, st.integers(2, 9), st.sampled_from(ALPHABET))
def test_one_wrong_character_names_no_payment(code: str, position: int, other: str) -> None:
    assume(code[position] != other)
    assert find_code(code[:position] + other + code[position + 1 :]) is None


@given(codes, codes)
def test_two_different_codes_leave_doubt(one: str, two: str) -> None:
    assume(one != two)
    assert find_code(f"{one} {two}") is None


@pytest.mark.parametrize(
    "memo",
    [
        "",
        "BP",
        "chuyen tien mua tieu",
        "UBND TINH BINH PHUOC BP 2026",
        CODE[:-1],
        CODE[2:],
        "BPUUUUUUUU",
        "ß" * 50,
    ],
)
def test_other_text_holds_no_code(memo: str) -> None:
    assert find_code(memo) is None


@given(st.text())
def test_any_text_is_read_without_an_error(text: str) -> None:
    code = find_code(text)
    assert code is None or find_code(code) == code

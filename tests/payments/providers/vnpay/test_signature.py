from urllib.parse import parse_qsl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.plain_text import plain
from payments.providers.vnpay import signature
from tests.payments.vectors import vectors

VECTORS = vectors("vnpay")
SECRET = "BPFARMSECRETKEY0123456789ABCDEFG"
IPN = VECTORS["IPN success (base for negatives)"]
REPORT = {k: v for k, v in IPN["inputs"].items() if k != "secret"}
SIGNED = {**REPORT, signature.HASH: IPN["expected"]}
TRAP = VECTORS["encoding trap: OrderInfo a~b*c'd(e)f!g"]


@pytest.mark.parametrize(
    "case",
    [
        "pay url, ASCII OrderInfo, with ExpireDate",
        "pay url, Vietnamese text, literal + and %",
        "IPN success (base for negatives)",
    ],
)
def test_a_query_is_signed_as_vnpay_does(case: str) -> None:
    vector = VECTORS[case]
    params = dict(parse_qsl(vector["canonical"]))
    shuffled = dict(reversed(params.items())) | {"other": "1", "vnp_BankCodeX": "", "vnp_SecureHashType": "X"}
    assert signature.canonical(shuffled) == vector["canonical"]
    assert signature.sign_query(shuffled, SECRET) == vector["expected"]


def test_the_official_sample_is_joined_as_documented() -> None:
    canonical = VECTORS["DOC canonical only (secret unpublished): official sample pay URL"]["canonical"]
    assert signature.canonical(dict(parse_qsl(canonical))) == canonical


def test_characters_on_which_encoders_disagree_never_get_into_a_query() -> None:
    params = dict(parse_qsl(TRAP["canonical"]))
    assert signature.sign_query(params, SECRET) == TRAP["python_quote_plus_hash"]
    assert plain(params["vnp_OrderInfo"], longest=255) == "a b c d e f g"
    assert plain("Hạt điều  Đồng Phú (loại 1) 100%", longest=255) == "Hat dieu Dong Phu loai 1 100"


@pytest.mark.parametrize(
    "case", ["querydr request", "querydr response (library accepted it)", "refund response"]
)
def test_fields_are_signed_as_vnpay_does(case: str) -> None:
    vector = VECTORS[case]
    values = vector["canonical"].split("|")
    assert signature.sign_fields(values, SECRET) == vector["expected"]
    assert signature.verify_fields(values, vector["expected"], SECRET)
    assert not signature.verify_fields([*values[:-1], values[-1] + "x"], vector["expected"], SECRET)


def test_a_value_with_the_separator_verifies_nothing() -> None:
    signed = signature.sign_fields(["00", "a", "b"], SECRET)
    assert signature.verify_fields(["00", "a", "b"], signed, SECRET)
    assert not signature.verify_fields(["00|a", "b"], signed, SECRET)


def test_a_genuine_report_verifies() -> None:
    assert signature.verify_query(SIGNED, SECRET)


@pytest.mark.parametrize(
    "hash_",
    [
        VECTORS["NEG uppercase hash"]["inputs"][signature.HASH],
        VECTORS["NEG wrong key order (descending)"]["expected"]["wrong_order_hash"],
        VECTORS["NEG %20 instead of +"]["expected"]["wrong_hash"],
        "",
        "chữ ký",
        "\ud800",
    ],
)
def test_a_wrong_hash_is_refused(hash_: str) -> None:
    assert not signature.verify_query({**REPORT, signature.HASH: hash_}, SECRET)


def test_no_hash_and_no_secret_are_refused() -> None:
    assert not signature.verify_query(REPORT, SECRET)
    assert not signature.verify_query(SIGNED, "")
    with pytest.raises(ValueError, match="empty"):
        signature.sign_query(REPORT, "")


def test_an_amount_is_text_and_not_a_number() -> None:
    assert not signature.verify_query({**SIGNED, "vnp_Amount": "0015000000"}, SECRET)


@given(st.sampled_from(sorted(REPORT)), st.text(st.characters(exclude_categories=())))
def test_no_changed_field_verifies(name: str, value: str) -> None:
    assert signature.verify_query({**SIGNED, name: value}, SECRET) is (value == REPORT[name])


@given(st.from_regex(r"vnp_[A-Za-z]{1,12}", fullmatch=True), st.text(min_size=1))
def test_no_added_field_verifies(name: str, value: str) -> None:
    if name not in SIGNED and name != "vnp_SecureHashType":
        assert not signature.verify_query({**SIGNED, name: value}, SECRET)

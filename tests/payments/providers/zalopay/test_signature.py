import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.zalopay.signature import mac, verify_callback
from tests.payments.vectors import vectors

VECTORS = vectors("zalopay")
CALLBACK = VECTORS["callback, OFFICIAL documented sample (reproduced)"]
DATA, KEY2, MAC = CALLBACK["inputs"]["data"], CALLBACK["inputs"]["key2"], CALLBACK["expected"]


@pytest.mark.parametrize(
    "case", [c for c, v in VECTORS.items() if "key1" in v["inputs"] and not v.get("negative")]
)
def test_requests_are_signed_as_zalopay_does(case: str) -> None:
    vector = VECTORS[case]
    assert mac(vector["canonical"].split("|"), vector["inputs"]["key1"]) == vector["expected"]


def test_a_query_without_the_key_in_its_text_is_another() -> None:
    vector = VECTORS["NEG query mac without key1 in the text"]
    inputs, expected = vector["inputs"], vector["expected"]
    values = [inputs["app_id"], inputs["app_trans_id"]]
    assert mac([*values, inputs["key1"]], inputs["key1"]) == expected["correct_mac"]
    assert mac(values, inputs["key1"]) == expected["wrong_mac"]


def test_the_documented_callback_verifies() -> None:
    assert verify_callback(DATA, MAC, KEY2)


@pytest.mark.parametrize("case", [c for c in VECTORS if c.startswith(("NEG callback", "NEG uppercase"))])
def test_a_callback_that_is_not_genuine_is_refused(case: str) -> None:
    inputs = VECTORS[case]["inputs"]
    assert not verify_callback(inputs["data"], inputs["mac"], KEY2)


@pytest.mark.parametrize("wrong", ["", "chữ ký", "\ud800"])
def test_a_senseless_mac_is_refused(wrong: str) -> None:
    assert not verify_callback(DATA, wrong, KEY2)


def test_without_a_key_nothing_is_accepted() -> None:
    assert not verify_callback(DATA, MAC, "")
    with pytest.raises(ValueError, match="empty"):
        mac([1], "")


@given(st.integers(0, len(DATA) - 1), st.characters(exclude_categories=()))
def test_no_changed_character_verifies(at: int, character: str) -> None:
    assert verify_callback(DATA[:at] + character + DATA[at + 1 :], MAC, KEY2) is (character == DATA[at])

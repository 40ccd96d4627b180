from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.vietqr.payload import InvalidPayload, Service, VietQR, build, parse
from payments.providers.vietqr.tlv import crc
from tests.payments.vectors import vectors

VECTORS = vectors("vietqr")
PAYLOADS = [case for case, vector in VECTORS.items() if "bankBin" in vector["inputs"]]
VCB = VECTORS["dynamic VCB 150000 + code"]["expected"]

ascii_text = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=25)
transfers = st.builds(
    VietQR,
    bank_bin=st.from_regex(r"[0-9]{6}", fullmatch=True),
    account=st.from_regex(r"[0-9A-Za-z]{1,19}", fullmatch=True),
    amount=st.none() | st.integers(1, 10**13 - 1),
    purpose=ascii_text,
    bill_number=ascii_text,
    service=st.sampled_from(Service),
)


def built(transfer: VietQR) -> str:
    return build(**vars(transfer))


def sealed(body: str) -> str:
    """A payload whose checksum is right, whatever is in it."""
    return body + "6304" + crc(body + "6304")


def expected_transfer(inputs: dict[str, str]) -> VietQR:
    return VietQR(
        bank_bin=inputs["bankBin"],
        account=inputs["bankNumber"],
        amount=int(inputs["amount"]) if "amount" in inputs else None,
        purpose=inputs.get("purpose", ""),
        service=Service(inputs.get("service", "QRIBFTTA")),
    )


@pytest.mark.parametrize("case", PAYLOADS)
def test_payload_is_byte_for_byte_that_of_other_generators(case: str) -> None:
    vector = VECTORS[case]
    assert built(expected_transfer(vector["inputs"])) == vector["expected"]


@pytest.mark.parametrize("case", PAYLOADS)
def test_payload_of_other_generators_is_read(case: str) -> None:
    vector = VECTORS[case]
    assert parse(vector["expected"]) == expected_transfer(vector["inputs"])


def test_crc_has_the_catalogue_check_value() -> None:
    vector = VECTORS["CRC check value"]
    assert crc(vector["inputs"]["ascii"]) == vector["expected"]


@pytest.mark.parametrize("case", ["NEG amount changed, CRC not recomputed", "NEG lower-case CRC"])
def test_negative_vector_is_refused(case: str) -> None:
    with pytest.raises(InvalidPayload):
        parse(VECTORS[case]["inputs"]["payload"])


@pytest.mark.parametrize("form", ["char_length_payload", "byte_length_payload"])
def test_text_outside_ascii_is_refused_in_both_disputed_forms(form: str) -> None:
    inputs = VECTORS["NEG non-ASCII purpose is ambiguous"]["inputs"]
    with pytest.raises(InvalidPayload, match="ASCII"):
        parse(inputs[form])
    with pytest.raises(InvalidPayload, match="purpose"):
        build(bank_bin="970422", account="0123456789020", amount=10_000, purpose=inputs["purpose"])


@given(transfers)
def test_what_is_built_is_read_back(transfer: VietQR) -> None:
    assert parse(built(transfer)) == transfer


@given(transfers, st.data())
def test_any_one_changed_character_is_noticed(transfer: VietQR, data: st.DataObject) -> None:
    payload = built(transfer)
    position = data.draw(st.integers(0, len(payload) - 1))
    other = data.draw(st.characters().filter(lambda character: character != payload[position]))
    with pytest.raises(InvalidPayload):
        parse(payload[:position] + other + payload[position + 1 :])


@given(transfers, st.data())
def test_a_truncated_payload_is_refused(transfer: VietQR, data: st.DataObject) -> None:
    payload = built(transfer)
    with pytest.raises(InvalidPayload):
        parse(payload[: data.draw(st.integers(0, len(payload) - 1))])


@given(st.text())
def test_any_text_is_read_or_refused_with_a_reason(text: str) -> None:
    with pytest.raises(InvalidPayload, match=r"\w"):
        parse(text)


@pytest.mark.parametrize(
    "change",
    [
        {"bank_bin": "97043"},
        {"bank_bin": "97043a"},
        {"bank_bin": "٩٧٠٤٣٦"},
        {"account": ""},
        {"account": "1" * 20},
        {"account": "0123-456"},
        {"amount": 0},
        {"amount": -1},
        {"amount": 10**13},
        {"amount": True},
        {"amount": 1.5},
        {"purpose": "x" * 26},
        {"purpose": "a\nb"},
        {"bill_number": "x" * 26},
    ],
)
def test_a_value_that_does_not_fit_its_field_is_refused(change: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"bank_bin": "970436", "account": "0123456789", "amount": 1, **change}
    with pytest.raises(InvalidPayload):
        build(**fields)


FRAME = VCB[:-8]


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (FRAME.replace("5303704", "5303840"), "field 53"),
        (FRAME.replace("5802VN", "5802US"), "field 58"),
        (FRAME.replace("010212", "010211"), "static code"),
        (FRAME.replace("010212", "010213"), "field 01"),
        (FRAME.replace("000201", "000202", 1), "field 00"),
        (FRAME + "5802VN", "twice"),
        (FRAME[6:] + "000201", "come first"),
        (FRAME.replace("A000000727", "A000000775"), "NAPAS"),
        (FRAME.replace("QRIBFTTA", "QRIBFTTX"), "service"),
        (FRAME.replace("5406150000", "5406015000"), "amount"),
        (FRAME.replace("5406150000", "54061500.0"), "amount"),
        (FRAME.replace("5406150000", "5400"), "field 54"),
        (FRAME + "59", "head"),
        (FRAME + "5905AB", "5 characters"),
        (FRAME + "٥٩01A", "ASCII"),
        (FRAME[:-16] + "0813BP20260101A1", "field 08"),
        (FRAME + "5910AB", "10 characters"),
        (FRAME + "6304ABCD", "once"),
        ("", "come first"),
    ],
)
def test_a_rule_broken_under_a_right_checksum_is_refused(body: str, why: str) -> None:
    payload = sealed(body) if body.isascii() else body + "63040000"
    with pytest.raises(InvalidPayload, match=why):
        parse(payload)


def test_merchant_name_and_city_are_allowed_and_ignored() -> None:
    assert parse(sealed(FRAME + "5911NONG SAN BP6008DONG PHU")) == parse(VCB)

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.sepay.signature import sign, verify
from tests.payments.vectors import vectors

VECTORS = vectors("sepay")
EXACT = VECTORS["exact payment"]
SECRET = EXACT["inputs"]["secret"]
STAMP = EXACT["inputs"]["X-SePay-Timestamp"]
BODY = EXACT["inputs"]["raw_body"].encode()
SIGNATURE = EXACT["expected"]
SENT = datetime.fromtimestamp(int(STAMP), UTC)
HEADERS = {"X-SePay-Signature": SIGNATURE, "X-SePay-Timestamp": STAMP}


@pytest.mark.parametrize("case", ["exact payment", "outgoing transfer: must be ignored"])
def test_vector_is_reproduced_and_verified(case: str) -> None:
    inputs, expected = VECTORS[case]["inputs"], VECTORS[case]["expected"]
    body, stamp = inputs["raw_body"].encode(), inputs["X-SePay-Timestamp"]
    assert sign(timestamp=stamp, body=body, secret=inputs["secret"]) == expected
    now = datetime.fromtimestamp(int(stamp), UTC)
    assert verify(
        {"X-SePay-Signature": expected, "X-SePay-Timestamp": stamp}, body, inputs["secret"], now=now
    )


def test_tampered_amount_is_refused() -> None:
    vector = VECTORS["NEG tampered amount"]
    body = vector["canonical"].partition(".")[2].encode()
    assert not verify({**HEADERS, "X-SePay-Signature": vector["inputs"]["signature"]}, body, SECRET, now=SENT)
    assert sign(timestamp=STAMP, body=body, secret=SECRET) == vector["expected"]["correct"]


def test_signature_over_the_body_alone_is_refused() -> None:
    wrong = VECTORS["NEG body hashed without timestamp"]["expected"]["wrong"]
    assert not verify({**HEADERS, "X-SePay-Signature": wrong}, BODY, SECRET, now=SENT)


@pytest.mark.parametrize(("seconds", "accepted"), [(-301, False), (-300, True), (300, True), (301, False)])
def test_window_is_five_minutes_either_way(seconds: int, accepted: bool) -> None:
    assert verify(HEADERS, BODY, SECRET, now=SENT + timedelta(seconds=seconds)) is accepted


def test_the_clock_is_used_when_no_time_is_given() -> None:
    stamp = str(int(datetime.now(UTC).timestamp()))
    fresh = {
        "X-SePay-Timestamp": stamp,
        "X-SePay-Signature": sign(timestamp=stamp, body=BODY, secret=SECRET),
    }
    assert verify(fresh, BODY, SECRET)
    assert not verify(HEADERS, BODY, SECRET)


def test_header_names_are_read_in_any_case() -> None:
    assert verify({name.lower(): value for name, value in HEADERS.items()}, BODY, SECRET, now=SENT)
    assert verify({name.upper(): value for name, value in HEADERS.items()}, BODY, SECRET, now=SENT)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-SePay-Timestamp": STAMP},
        {"X-SePay-Signature": SIGNATURE},
        {**HEADERS, "x-sepay-signature": SIGNATURE},
        {**HEADERS, "X-SePay-Signature": SIGNATURE.upper()},
        {**HEADERS, "X-SePay-Signature": SIGNATURE.removeprefix("sha256=")},
        {**HEADERS, "X-SePay-Signature": "sha256=chữ ký"},
        {**HEADERS, "X-SePay-Signature": "\ud800"},
        {**HEADERS, "X-SePay-Timestamp": STAMP + ".0"},
        {**HEADERS, "X-SePay-Timestamp": " " + STAMP},
        {**HEADERS, "X-SePay-Timestamp": "9" * 400},
        {**HEADERS, "X-SePay-Timestamp": ""},
        {**HEADERS, "X-SePay-Timestamp": "١٧٦٧٢٣٨٢٧١"},
    ],
)
def test_missing_doubled_or_misshapen_headers_are_refused(headers: dict[str, str]) -> None:
    assert not verify(headers, BODY, SECRET, now=SENT)


def test_without_a_secret_nothing_is_accepted() -> None:
    assert not verify(HEADERS, BODY, "", now=SENT)
    with pytest.raises(ValueError, match="empty"):
        sign(timestamp=STAMP, body=BODY, secret="")


@given(st.integers(0, len(BODY) - 1), st.integers(1, 255))
def test_any_changed_byte_of_the_body_is_noticed(position: int, flip: int) -> None:
    tampered = bytearray(BODY)
    tampered[position] ^= flip
    assert not verify(HEADERS, bytes(tampered), SECRET, now=SENT)


@given(st.sampled_from(sorted(HEADERS)), st.data())
def test_any_changed_character_of_a_header_is_noticed(name: str, data: st.DataObject) -> None:
    value = HEADERS[name]
    position = data.draw(st.integers(0, len(value) - 1))
    other = data.draw(st.characters().filter(lambda character: character != value[position]))
    tampered = value[:position] + other + value[position + 1 :]
    assert not verify({**HEADERS, name: tampered}, BODY, SECRET, now=SENT)

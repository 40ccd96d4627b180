import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.sepay.notice import InvalidNotice, TransferType, parse
from tests.payments.vectors import vectors

BODY: dict[str, object] = json.loads(vectors("sepay")["exact payment"]["inputs"]["raw_body"])


def body(**changes: object) -> bytes:
    return json.dumps({**BODY, **changes}).encode()


def test_the_documented_body_is_read() -> None:
    notice = parse(body())
    assert notice.id == 92704
    assert notice.amount == 150_000
    assert notice.transfer_type is TransferType.IN
    assert notice.account_number == "0123499999"
    assert notice.content == "BP20260101A1 chuyen tien"
    assert notice.sub_account == ""
    assert notice.reference_code == "MBVCB.3278907687"


def test_the_date_is_vietnamese_time() -> None:
    assert parse(body()).transaction_date == datetime(2026, 1, 1, 3, 33, tzinfo=UTC)


def test_control_characters_in_a_memo_become_spaces() -> None:
    assert parse(body(content="BP1\n2\x003\ud800")).content == "BP1 2 3 "


@pytest.mark.parametrize(
    "changes",
    [
        {"id": None},
        {"id": "92704"},
        {"id": 0},
        {"id": True},
        {"id": 2**63},
        {"transferAmount": 150000.0},
        {"transferAmount": "150000"},
        {"transferAmount": -1},
        {"transferAmount": 0},
        {"transferAmount": 10**30},
        {"transferType": "IN"},
        {"transferType": None},
        {"transferType": 1},
        {"transactionDate": "01/01/2026 10:33"},
        {"transactionDate": None},
        {"transactionDate": "2026-02-30 10:33:00"},
        {"accountNumber": None},
        {"accountNumber": 123499999},
        {"content": ["x"]},
    ],
)
def test_a_field_that_cannot_be_taken_at_its_word_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidNotice, match=next(iter(changes))):
        parse(body(**changes))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"null",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"id": 1, "id": 2}',
        b'{"id": ' + b"9" * 5000 + b"}",
        b'{"transferAmount": NaN}',
        body()[:-20],
    ],
)
def test_a_body_that_is_no_notification_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidNotice):
        parse(raw)


@given(st.binary())
def test_any_bytes_are_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(InvalidNotice, match=r"\w"):
        parse(raw)

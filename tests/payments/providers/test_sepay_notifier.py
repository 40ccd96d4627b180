import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.base import Outcome, UnreadableNotification
from payments.providers.sepay.notifier import SePayNotifier
from tests.payments.vectors import vectors

BODY: dict[str, object] = json.loads(vectors("sepay")["exact payment"]["inputs"]["raw_body"])
sepay = SePayNotifier(secret="")


def body(**changes: object) -> bytes:
    return json.dumps({**BODY, **changes}).encode()


def test_the_documented_body_is_read() -> None:
    notice = sepay.read(body())
    assert notice.event_id == "92704"
    assert notice.amount == 150_000
    assert notice.outcome is Outcome.PAID
    assert notice.account == "0123499999"
    assert notice.memo == "BP20260101A1 chuyen tien"
    assert notice.bank_reference == "MBVCB.3278907687"


def test_money_that_leaves_the_account_is_ignored() -> None:
    assert sepay.read(body(transferType="out")).outcome is Outcome.IGNORED


def test_the_date_is_vietnamese_time() -> None:
    assert sepay.read(body()).occurred_at == datetime(2026, 1, 1, 3, 33, tzinfo=UTC)


def test_control_characters_in_a_memo_become_spaces() -> None:
    assert sepay.read(body(content="BP1\n2\x003\ud800")).memo == "BP1 2 3 "


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
    with pytest.raises(UnreadableNotification, match=next(iter(changes))):
        sepay.read(body(**changes))


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
    with pytest.raises(UnreadableNotification):
        sepay.read(raw)


@given(st.binary())
def test_any_bytes_are_refused_with_a_reason(raw: bytes) -> None:
    with pytest.raises(UnreadableNotification, match=r"\w"):
        sepay.read(raw)

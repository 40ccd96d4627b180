import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.base import InvalidSignature, Outcome, UnreadableNotification
from payments.providers.casso.notifier import CassoNotifier
from payments.providers.casso.signature import sign, verify
from payments.providers.vietqr.memo import make_code
from tests.payments.vectors import vectors

VECTORS = vectors("casso")
SAMPLE = VECTORS["webhook v2 X-Casso-Signature t=1727948258788 (reproduced)"]
SECRET, V1 = SAMPLE["inputs"]["checksumKey"], SAMPLE["expected"]
STAMP, _, SORTED = SAMPLE["canonical"].partition(".")
SAID: dict[str, Any] = json.loads(SORTED)
HEADERS = {"X-Casso-Signature": f"t={STAMP},v1={V1}"}
casso = CassoNotifier(secret=SECRET)


def reported(**changes: object) -> bytes:
    return json.dumps({**SAID, "data": {**SAID["data"], **changes}}).encode()


def test_the_documented_sample_verifies_however_its_body_is_written() -> None:
    unsorted = json.dumps({"error": 0, "data": dict(reversed(SAID["data"].items()))}, indent=1)
    assert verify(HEADERS, SORTED.encode(), SECRET)
    assert verify({"x-casso-signature": HEADERS["X-Casso-Signature"]}, unsorted.encode(), SECRET)


def test_vietnamese_and_slashes_are_signed_as_javascript_writes_them() -> None:
    assert sign(timestamp="1", body='{"b":"a/b ớt","a":5.0}'.encode(), secret=SECRET) == sign(
        timestamp="1", body=rb'{"a":5,"b":"a\/b \u1edbt"}', secret=SECRET
    )


@pytest.mark.parametrize("case", ["NEG tampered amount", "NEG timestamp swapped (replay)"])
def test_what_was_changed_is_refused(case: str) -> None:
    stamp, _, body = VECTORS[case]["canonical"].partition(".")
    assert sign(timestamp=stamp, body=body.encode(), secret=SECRET) == VECTORS[case]["expected"]["correct"]
    assert not verify({"X-Casso-Signature": f"t={stamp},v1={V1}"}, body.encode(), SECRET)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Casso-Signature": V1},
        {"X-Casso-Signature": f"t={STAMP},v1={V1.upper()}"},
        {"X-Casso-Signature": f"t={STAMP}"},
        {**HEADERS, "x-casso-signature": HEADERS["X-Casso-Signature"]},
        {"X-Casso-Signature": f"t={STAMP},v1={V1}\n"},
    ],
)
def test_misshapen_headers_are_refused(headers: dict[str, str]) -> None:
    assert not verify(headers, SORTED.encode(), SECRET)
    with pytest.raises(InvalidSignature):
        casso.verify(headers, SORTED.encode())


@pytest.mark.parametrize("body", [b"", b"{", b"\xff", b'{"a":NaN}', b'{"a":"\\ud800"}', b"[" * 100_000])
def test_a_body_that_is_not_json_is_refused(body: bytes) -> None:
    assert not verify(HEADERS, body, SECRET)


def test_without_a_secret_nothing_is_accepted() -> None:
    assert not verify(HEADERS, SORTED.encode(), "")
    with pytest.raises(ValueError, match="empty"):
        sign(timestamp=STAMP, body=b"{}", secret="")


@given(st.sampled_from(sorted(SAID["data"])), st.text() | st.integers() | st.none())
def test_no_changed_field_verifies(name: str, value: object) -> None:
    assert verify(HEADERS, reported(**{name: value}), SECRET) is (value == SAID["data"][name])


def test_money_in_is_read_with_the_code_of_its_memo() -> None:
    code = make_code()
    notice = casso.read(reported(description=f"{code} chuyen tien", id=7))
    assert (notice.outcome, notice.amount, notice.reference) == (Outcome.PAID, 599_000, code)
    assert (notice.account, notice.event_id) == ("88888888", "7:MA_GIAO_DICH_THU_NGHIEM")


def test_money_out_is_ignored() -> None:
    notice = casso.read(reported(amount=-5_000))
    assert (notice.outcome, notice.amount) == (Outcome.IGNORED, 5_000)


@pytest.mark.parametrize("body", [b"{}", reported(amount=0), reported(amount=1.5), reported(reference="")])
def test_what_makes_no_sense_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableNotification):
        casso.read(body)

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.base import InvalidSignature, Outcome, UnreadableNotification, Verdict
from payments.providers.payos.notifier import PayOSNotifier
from payments.providers.payos.signature import sign, verify
from payments.providers.vietqr.memo import make_code
from tests.payments.vectors import vectors

VECTORS = vectors("payos")
SAMPLE = VECTORS["webhook, OFFICIAL documented sample (reproduced)"]
DATA: dict[str, Any] = SAMPLE["inputs"]["data"]
KEY, SIGNATURE = SAMPLE["inputs"]["checksumKey"], SAMPLE["expected"]
BODY = {"code": "00", "desc": "success", "success": True, "data": DATA, "signature": SIGNATURE}
payos = PayOSNotifier(checksum_key=KEY)


def reported(**changes: object) -> bytes:
    data = {**DATA, **changes}
    return json.dumps({**BODY, "data": data, "signature": sign(data, KEY)}).encode()


def test_the_documented_sample_is_reproduced() -> None:
    assert sign(DATA, KEY) == SIGNATURE
    assert verify(BODY, KEY)


def test_a_request_for_payment_is_signed_as_payos_does() -> None:
    vector = VECTORS["create payment link request (only 5 fields signed)"]
    inputs = {name: value for name, value in vector["inputs"].items() if name != "checksumKey"}
    assert sign(inputs, KEY) == vector["expected"]


def test_null_is_signed_as_nothing() -> None:
    inputs = VECTORS["EDGE null hashes as empty string"]["inputs"]
    assert verify({"data": inputs["data"], "signature": inputs["signature"]}, KEY)


@pytest.mark.parametrize(
    "body",
    [
        {**BODY, "data": VECTORS["NEG tampered amount"]["inputs"]["data"]},
        {**BODY, "signature": VECTORS["NEG uppercase signature"]["inputs"]["signature"]},
        {**BODY, "signature": "chữ ký"},
        {**BODY, "signature": None},
        {**BODY, "data": None},
        {**BODY, "data": {**DATA, "added": ""}},
        {**BODY, "data": {k: v for k, v in DATA.items() if k != "virtualAccountName"}},
        {},
    ],
)
def test_what_is_not_genuine_is_refused(body: dict[str, object]) -> None:
    assert not verify(body, KEY)
    with pytest.raises(InvalidSignature):
        payos.verify({}, json.dumps(body).encode())


def test_without_a_key_nothing_is_accepted() -> None:
    assert not verify(BODY, "")
    with pytest.raises(ValueError, match="empty"):
        sign(DATA, "")


@given(st.sampled_from(sorted(DATA)), st.text(st.characters(exclude_categories=())) | st.integers())
def test_no_changed_field_verifies(name: str, value: object) -> None:
    same = str(value) == str(DATA[name])
    assert verify({**BODY, "data": {**DATA, name: value}}, KEY) is same


def joined(names: list[str], first: int, last: int, *, at_the_name: bool) -> dict[str, Any]:
    """The same text in fewer fields: the others swallowed by the first one's value, or by the last one's name."""
    text = "&".join(f"{name}={DATA[name]}" for name in names[first : last + 1])
    name, _, value = text.rpartition("=") if at_the_name else text.partition("=")
    return {**{other: DATA[other] for other in names[:first] + names[last + 1 :]}, name: value}


@given(st.lists(st.sampled_from(range(len(DATA))), min_size=2, max_size=2, unique=True), st.booleans())
def test_no_field_that_swallows_its_neighbours_verifies(ends: list[int], at_the_name: bool) -> None:
    forged = joined(sorted(DATA), *sorted(ends), at_the_name=at_the_name)
    assert sign(forged, KEY) == SIGNATURE
    assert not verify({**BODY, "data": forged}, KEY)


@given(st.dictionaries(st.text("ab&=", max_size=3), st.text("ab&=", max_size=5), min_size=1, max_size=4))
def test_what_verifies_comes_apart_in_one_way_only(fields: dict[str, str]) -> None:
    """Fields are named by letters and their text is cut at every "&name=": nothing else can have been meant."""
    text = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    found = dict(re.findall(r"(?:^|&)([ab]+)=(.*?)(?=&[ab]+=|$)", text))
    believed = verify({"data": fields, "signature": sign(fields, KEY)}, KEY)
    assert believed is (found == fields)


@pytest.mark.parametrize("name", ["CTY H&M", "A&B VA CON", "GIA = 5", "a=b&c"])
def test_a_senders_name_with_an_ampersand_is_no_forgery(name: str) -> None:
    payos.verify({}, reported(counterAccountName=name))


def test_a_transfer_is_read_with_the_code_of_its_memo() -> None:
    code = make_code()
    body = reported(description=f"CK {code.lower()} mua hat dieu")
    payos.verify({}, body)
    notice = payos.read(body)
    assert (notice.outcome, notice.amount, notice.reference) == (Outcome.PAID, 3000, code)
    assert (notice.account, notice.bank_reference) == ("12345678", "TF230204212323")
    assert notice.occurred_at.isoformat() == "2023-02-04T18:25:00+07:00"
    assert payos.read(body) == notice


def test_an_order_number_of_payos_names_no_payment_of_ours() -> None:
    assert payos.read(reported()).reference == ""


@pytest.mark.parametrize(
    "change", [{"amount": 0}, {"amount": "3000"}, {"amount": 1.5}, {"reference": ""}, {"currency": "USD"}]
)
def test_what_makes_no_sense_is_unreadable(change: dict[str, object]) -> None:
    with pytest.raises(UnreadableNotification):
        payos.read(reported(**change))


def test_only_forgery_is_not_acknowledged() -> None:
    assert [payos.acknowledge(verdict).status for verdict in (Verdict.ACCEPTED, Verdict.FORGED)] == [200, 401]

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payments.providers.momo import signature
from tests.payments.vectors import vectors

VECTORS = vectors("momo")
SECRET = "K951B6PE1waDMi640xX08PD3vg6EkVlz"
BODY: dict[str, Any] = VECTORS["IPN body (field order per developers.momo.vn notification page)"]["inputs"]
GENUINE = VECTORS["IPN body (field order per developers.momo.vn notification page)"]["expected"]
SIGNED = {**BODY, "signature": GENUINE}
CREATED = VECTORS["create captureWallet"]


@pytest.mark.parametrize(
    ("case", "names"),
    [
        ("create captureWallet", signature.CREATE),
        (
            "create payWithMethod (autoCapture, lang, orderGroupId, storeId are NOT signed)",
            signature.CREATE,
        ),
        ("create RESPONSE signature", signature.CREATE_RESPONSE),
        ("query request", signature.QUERY),
        ('confirm (capture), empty description keeps "description="', signature.CONFIRM),
        ("IPN body (field order per developers.momo.vn notification page)", signature.IPN),
    ],
)
def test_fields_are_signed_as_momo_does(case: str, names: list[str]) -> None:
    inputs, expected = VECTORS[case]["inputs"], VECTORS[case]["expected"]
    assert signature.sign(inputs, names, SECRET) == expected
    assert signature.verify({**inputs, "signature": expected}, names, SECRET)


def test_a_refund_has_no_vector_so_its_order_is_the_documented_one() -> None:
    """The rule of the pages that have vectors (names from a to z), and the names of MoMo's Postman collection."""
    assert not [case for case in VECTORS if "refund" in case.lower()]
    documented = {
        "requestId",
        "orderId",
        "partnerCode",
        "accessKey",
        "amount",
        "transId",
        "description",
    }
    assert sorted(documented) == signature.REFUND
    lists = (signature.CREATE, signature.CREATE_RESPONSE, signature.IPN, signature.QUERY, signature.CONFIRM)
    assert all(sorted(names) == names for names in lists)


@given(st.sampled_from(signature.REFUND), st.text(min_size=1))
def test_each_field_of_a_refund_is_signed(name: str, more: str) -> None:
    asked = {
        "accessKey": "F8BBA842ECF85",
        "amount": 50_000,
        "description": "Thieu can",
        "orderId": "RF1",
        "partnerCode": "MOMO",
        "requestId": "RF1",
        "transId": 14422574,
    }
    signed = signature.sign(asked, signature.REFUND, SECRET)
    assert signature.sign({**asked, name: f"{asked[name]}{more}"}, signature.REFUND, SECRET) != signed


def test_the_documented_report_is_joined_in_our_order() -> None:
    canonical = VECTORS["DOC canonical only (secret unpublished): documented IPN sample"]["canonical"]
    assert [pair.split("=")[0] for pair in canonical.split("&")] == signature.IPN


@pytest.mark.parametrize(
    ("case", "key"),
    [
        ("NEG create reversed key order", "wrong_order_signature"),
        ("NEG create with empty extraData dropped", "wrong_signature"),
    ],
)
def test_other_ways_to_join_a_request_are_refused(case: str, key: str) -> None:
    expected = VECTORS[case]["expected"]
    assert signature.sign(CREATED["inputs"], signature.CREATE, SECRET) == expected["correct_signature"]
    assert not signature.verify({**CREATED["inputs"], "signature": expected[key]}, signature.CREATE, SECRET)


@pytest.mark.parametrize(
    "wrong",
    [
        VECTORS["NEG IPN with payType after resultCode (seen in a public test-suite)"]["expected"][
            "wrong_signature"
        ],
        GENUINE.upper(),
        "",
        "chữ ký",
        None,
        1,
    ],
)
def test_a_wrong_signature_is_refused(wrong: object) -> None:
    assert not signature.verify({**BODY, "signature": wrong}, signature.IPN, SECRET)


def test_no_signature_no_secret_and_a_missing_field_are_refused() -> None:
    assert not signature.verify(BODY, signature.IPN, SECRET)
    assert not signature.verify(SIGNED, signature.IPN, "")
    without = {name: value for name, value in SIGNED.items() if name != "extraData"}
    assert not signature.verify(without, signature.IPN, SECRET)


def test_a_value_that_looks_like_another_field_is_refused() -> None:
    body = {**BODY, "orderInfo": "x", "orderType": "y&orderType=z"}
    signed = {**body, "signature": signature.sign(body, signature.IPN, SECRET)}
    moved = {**signed, "orderInfo": "x&orderType=y", "orderType": "z"}
    assert signature.sign(moved, signature.IPN, SECRET) == signed["signature"]
    assert not signature.verify(moved, signature.IPN, SECRET)


@given(st.sampled_from(signature.IPN), st.text(st.characters(exclude_categories=())) | st.integers())
def test_no_changed_field_verifies(name: str, value: object) -> None:
    assert signature.verify({**SIGNED, name: value}, signature.IPN, SECRET) is (str(value) == BODY[name])

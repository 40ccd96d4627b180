"""A payment and a refund for the tests of the rails: opened one minute after midnight in Vietnam."""

from datetime import UTC, datetime, timedelta

from payments.providers.base import Charge, RefundOrder

OPENED = datetime(2026, 7, 27, 17, 1, tzinfo=UTC)
CHARGE = Charge(
    reference="BP7K2M9QXA",
    amount=150_000,
    opened_at=OPENED,
    expires_at=OPENED + timedelta(minutes=15),
    description="Đơn hàng 100012",
    return_url="https://cho.test/thanh-toan/BP7K2M9QXA/",
    notify_url="https://cho.test/thanh-toan/rail/ipn",
    provider_reference="14422574",
)
PART = RefundOrder(key="refund:1", charge=CHARGE, amount=50_000, reason="Thiếu cân", opened_at=OPENED)
WHOLE = RefundOrder(key="refund:2", charge=CHARGE, amount=150_000, reason="", opened_at=OPENED)

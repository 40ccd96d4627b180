"""How money moves for an order: attempts, what providers told us, transfers seen at the bank, refunds."""

from payments.models.notification import Notification
from payments.models.payment import Payment
from payments.models.rail_switch import RailSwitch
from payments.models.refund import Refund, RefundLine, RefundPolicy
from payments.models.transfer import Transfer

__all__ = ["Notification", "Payment", "RailSwitch", "Refund", "RefundLine", "RefundPolicy", "Transfer"]

"""What the permission matrix looks at before and after a knock at a door."""

from typing import Any

from oscar.apps.basket.models import Line as BasketLine

from catalogue.models import Product
from farmers.partner.models import Partner, StockRecord
from marketplace.accounts.models import User
from marketplace.order.models import Order, SellerOrder
from marketplace.outbox.models import Job
from payments.claims.models import CancellationRequest, Claim
from payments.desk.models import Correction
from payments.models import Payment, RailSwitch, Refund, Transfer
from payments.payouts.models import Payout, PayoutAccount, PayoutBatch
from payments.reconciliation.models import Item, Statement, StatementRow


def written() -> list[Any]:
    """All that a POST of a door could change of chị Lan's, anh Tâm's or the cooperative's."""
    return [
        list(SellerOrder.objects.order_by("pk").values_list("status", "carrier")),
        list(Order.objects.order_by("pk").values_list("status", "payment_method")),
        list(Payment.objects.order_by("pk").values_list("provider", "state")),
        list(Refund.objects.order_by("pk").values_list("state", "amount", "account", "released_by")),
        list(Claim.objects.order_by("pk").values_list("state")),
        list(CancellationRequest.objects.order_by("pk").values_list("state")),
        list(PayoutBatch.objects.order_by("pk").values_list("state", "approved_by")),
        list(Payout.objects.order_by("pk").values_list("state", "amount")),
        list(Transfer.objects.order_by("pk").values_list("payment", "resolved_at")),
        list(Correction.objects.order_by("pk").values_list("state")),
        list(Job.objects.order_by("pk").values_list("state")),
        list(Item.objects.order_by("pk").values_list("state")),
        list(Statement.objects.order_by("pk").values_list("state")),
        list(StatementRow.objects.order_by("pk").values_list("outcome")),
        list(RailSwitch.objects.order_by("pk").values_list("is_off")),
        list(PayoutAccount.objects.order_by("pk").values_list("number", "cancelled_at")),
        list(
            StockRecord.objects.order_by("pk").values_list(
                "price", "num_in_stock", "num_allocated", "is_paused"
            )
        ),
        list(Product.objects.order_by("pk").values_list("title", "is_public")),
        list(Partner.objects.order_by("pk").values_list("status")),
        list(BasketLine.objects.order_by("pk").values_list("quantity")),
        list(User.objects.order_by("pk").values_list("full_name", "phone", "is_staff")),
    ]

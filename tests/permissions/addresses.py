"""Where a name's address needs something that exists."""

from collections.abc import Callable

from django.urls import reverse

from catalogue.models import Category
from marketplace.order.links import order_signature
from marketplace.outbox.models import Job
from payments.claims.models import CancellationRequest, Claim
from payments.desk.models import Correction
from payments.ledger.models import Entry
from payments.models import Payment, Refund, Transfer
from payments.payouts.models import ResultFile
from payments.reconciliation.models import Item, Statement, StatementRow
from tests.factories import (
    anh_tam,
)
from tests.permissions.world import World

#: where a name's address needs something that exists
ADDRESSES: dict[str, Callable[[World], str]] = {
    "catalogue:category": lambda world: _category(),
    "catalogue:product": lambda world: world.product.get_absolute_url(),
    "checkout:change_line": lambda world: reverse("checkout:change_line", args=[world.basket_line.pk]),
    **{
        f"desk:{name}": lambda world, name=name: reverse(f"desk:{name}", args=[world.batch.pk])
        for name in (
            "payout_batch",
            "payout_batch_approve",
            "payout_batch_send",
            "payout_batch_cancel",
            "payout_codes",
        )
    },
    **{
        f"desk:{name}": lambda world, name=name: reverse(f"desk:{name}", args=[world.payout.reference])
        for name in ("payout_code", "payout_settle")
    },
    "desk:payout_file": lambda world: reverse("desk:payout_file", args=[world.payout.batch_id, "xml"]),
    "desk:payout_result": lambda world: reverse("desk:payout_result", args=[ResultFile.objects.get().pk]),
    **{
        f"desk:{name}": lambda world, name=name, model=model: reverse(
            f"desk:{name}", args=[model.objects.latest("pk").pk]
        )
        for model, names in {
            Transfer: ("transfer", "transfer_attach", "transfer_returned", "transfer_give_back"),
            Refund: (
                *("refund_done", "refund_release", "refund_account", "refund_returned"),
                *("refund_found", "refund_not_found"),
            ),
            Correction: ("correction_approve", "correction_reject"),
            Entry: ("entry_take_back",),
            Job: ("job_retry",),
            Item: ("item",),
            Statement: ("statement", "statement_apply", "statement_discard"),
        }.items()
        for name in names
    },
    "desk:item_resolve": lambda world: reverse("desk:item_resolve", args=[Item.objects.get().pk, "ghi-chu"]),
    "desk:statement_row_another": lambda world: reverse(
        "desk:statement_row_another", args=[StatementRow.objects.latest("pk").pk]
    ),
    "desk:payment": lambda world: reverse("desk:payment", args=[Payment.objects.latest("pk").reference]),
    "desk:rail_switch": lambda world: reverse("desk:rail_switch", args=["vietqr"]),
    "desk:tax_declaration": lambda world: reverse("desk:tax_declaration") + "?month=11&year=2025",
    "desk:tax_certificate": lambda world: (
        reverse("desk:tax_certificate") + f"?seller={anh_tam().code}&year=2025"
    ),
    "farm": lambda world: reverse("farm", args=[anh_tam().code]),
    "notifications:ipn": lambda world: reverse("notifications:ipn", args=["sepay"]),
    "payments:returned": lambda world: reverse(
        "payments:returned", args=[world.unpaid.number, order_signature(world.unpaid)]
    ),
    "payments:qr": lambda world: reverse("payments:qr", args=[world.unpaid.number, "svg"]),
    "search_suggestions": lambda world: reverse("search_suggestions") + "?q=dieu",
    "wagtail_serve": lambda world: "/khong-co-trang-nay/",
    "workspace:money_month": lambda world: reverse("workspace:money_month", args=[2026, 11]),
    "workspace:month_statement": lambda world: reverse("workspace:month_statement", args=[2026, 11, "xlsx"]),
    "workspace:tax_certificate": lambda world: reverse("workspace:tax_certificate", args=[2026]),
    "workspace:year_statement": lambda world: reverse("workspace:year_statement", args=[2026, "pdf"]),
    "workspace:price_per_kilogram": lambda world: (
        reverse("workspace:price_per_kilogram") + "?price=95k&pack=500g"
    ),
    **{
        name: lambda world, name=name: reverse(name, args=[world.unpaid.number])
        for name in ("payments:pay", "payments:status", "payments:switch")
    },
    **{
        f"tracking:{name}": lambda world, name=name: reverse(f"tracking:{name}", args=[world.paid.number])
        for name in ("order", "link", "cancel_order", "refund_account")
    },
    **{
        f"tracking:{name}": lambda world, name=name: reverse(
            f"tracking:{name}", args=[world.paid.number, world.parcel.number]
        )
        for name in ("cancel", "claim", "claim_withdraw")
    },
    "desk:claim": lambda world: reverse("desk:claim", args=[Claim.objects.get().pk]),
    "desk:claim_decide": lambda world: reverse("desk:claim_decide", args=[Claim.objects.get().pk]),
    "desk:cancellation_answer": lambda world: reverse(
        "desk:cancellation_answer", args=[CancellationRequest.objects.get().pk]
    ),
    **{
        f"desk:{name}": lambda world, name=name: reverse(
            f"desk:{name}", args=[Refund.objects.get(seller_order=world.parcel).pk]
        )
        for name in ("refund_approve", "refund_call_off")
    },
    "desk:claim_write": lambda world: reverse("desk:claim_write", args=[world.parcel.number]),
    "desk:parcel_cancel": lambda world: reverse("desk:parcel_cancel", args=[world.parcel.number]),
    "desk:parcel_return": lambda world: reverse("desk:parcel_return", args=[world.parcel.number]),
    "desk:parcel_refund": lambda world: reverse("desk:parcel_refund", args=[world.parcel.number]),
    **{
        f"workspace:{name}": lambda world, name=name: reverse(f"workspace:{name}", args=[world.parcel.number])
        for name in (
            *("order", "accept", "hand_over", "deliver", "refused", "cancel", "packing_slip", "money_order"),
            *("came_back", "reduce", "answer_cancellation", "claim"),
        )
    },
    **{
        f"workspace:{name}": lambda world, name=name: reverse(f"workspace:{name}", args=[world.product.pk])
        for name in ("product_edit", "stock")
    },
}


def _category() -> str:
    category = Category.objects.first() or Category.add_root(name="Hạt", slug="hat")
    return reverse("catalogue:category", args=[category.slug])

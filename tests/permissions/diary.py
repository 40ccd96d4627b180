"""What each kind of line in the desk's diary is made by: a door, and what is sent otherwise than in BODIES."""

from collections.abc import Callable

from payments.desk.models import DeskAction
from payments.reconciliation.models import Item

Kind = DeskAction.Kind

DIARY: dict[str, tuple[str, dict[str, str]]] = {
    Kind.TRANSFER_ATTACHED: ("desk:transfer_attach", {}),
    Kind.TRANSFER_CAME_BACK: ("desk:transfer_returned", {}),
    Kind.GIVING_BACK_PROPOSED: ("desk:transfer_give_back", {}),
    Kind.REFUND_MADE: ("desk:refund_done", {}),
    Kind.REFUND_RELEASED: ("desk:refund_release", {}),
    Kind.REFUND_ACCOUNT: ("desk:refund_account", {}),
    Kind.REFUND_FOUND: ("desk:refund_found", {}),
    Kind.REFUND_NOT_FOUND: ("desk:refund_not_found", {}),
    Kind.REFUND_RETURNED: ("desk:refund_returned", {}),
    Kind.REFUND_DECIDED: ("desk:parcel_refund", {}),
    Kind.REFUND_APPROVED: ("desk:refund_approve", {}),
    Kind.REFUND_CALLED_OFF: ("desk:refund_call_off", {}),
    Kind.PARCEL_CANCELLED: ("desk:parcel_cancel", {}),
    Kind.PARCEL_CAME_BACK: ("desk:parcel_return", {}),
    Kind.CLAIM_WRITTEN: ("desk:claim_write", {}),
    Kind.CLAIM_GRANTED: ("desk:claim_decide", {}),
    Kind.CLAIM_REFUSED: ("desk:claim_decide", {"goods": "0"}),
    Kind.CANCELLATION_ANSWERED: ("desk:cancellation_answer", {}),
    Kind.JOB_RETRIED: ("desk:job_retry", {}),
    Kind.RAIL_OFF: ("desk:rail_switch", {}),
    Kind.RAIL_ON: ("desk:rail_switch", {"off": ""}),
    Kind.CORRECTION_PROPOSED: ("desk:correction_propose", {}),
    Kind.TAKING_BACK_PROPOSED: ("desk:entry_take_back", {}),
    Kind.CORRECTION_APPROVED: ("desk:correction_approve", {}),
    Kind.CORRECTION_REJECTED: ("desk:correction_reject", {}),
    Kind.ITEM_RESOLVED: ("desk:item_resolve", {}),
    Kind.ITEM_EXPLAINED: ("desk:item_resolve", {}),
    Kind.STATEMENT_READ: ("desk:statement_upload", {}),
    Kind.STATEMENT_APPLIED: ("desk:statement_apply", {}),
    Kind.STATEMENT_DISCARDED: ("desk:statement_discard", {}),
    Kind.ROW_APPLIED: ("desk:statement_row_another", {}),
    Kind.BATCH_MADE: ("desk:payout_batch_make", {}),
    Kind.BATCH_APPROVED: ("desk:payout_batch_approve", {}),
    Kind.BATCH_SENT: ("desk:payout_batch_send", {}),
    Kind.BATCH_CANCELLED: ("desk:payout_batch_cancel", {}),
    Kind.PAYOUT_ARRIVED: ("desk:payout_settle", {}),
    Kind.PAYOUT_RETURNED: ("desk:payout_settle", {"outcome": "returned"}),
    Kind.RESULTS_READ: ("desk:payout_results", {}),
}

FIRST: dict[str, Callable[[], object]] = {
    Kind.ITEM_EXPLAINED: lambda: Item.objects.update(their_amount=20_000),
}
"""What has to be so besides, where a door makes lines of two kinds."""

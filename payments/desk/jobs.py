"""What the pieces of work that got stuck are called at the desk."""

from django.utils.translation import gettext_lazy as _

from marketplace.outbox.models import Job

#: by the kinds of settings.OUTBOX_HANDLERS
NAMES = {
    "message": _("Send a message"),
    "renditions": _("Make the sizes of a picture"),
    "picture_ready": _("Show a picture in the lists"),
    "crop_changed": _("Bring a crop's changes into the lists"),
    "settle_notification": _("Book a notice of money"),
    "report_notification": _("Report a notice that cannot be used"),
    "report_paid_late": _("Report money that came late"),
    "apply_rest": _("Apply the rest of a statement"),
    "match_transfer": _("Find a transfer among the differences"),
    "send_refund": _("Send a refund"),
    "ask_provider": _("Ask the rail about a payment"),
    "close_page": _("Close a page of payment"),
    "held_too_long": _("Report money that a rail holds too long"),
    "give_back_parcel": _("Give back the money of a cancelled parcel"),
    "parcel_handed_over": _("Book the shipping of a parcel"),
    "parcel_delivered": _("Tell the buyer that a parcel has arrived"),
    "refund_owed": _("Tell the buyer that money goes back"),
    "refund_failed": _("Ask the buyer for an account"),
    "refund_sent": _("Tell the buyer that money went back"),
    "count_cash": _("Work out what is still due for an order"),
    "cash_handed_over": _("Book commission and tax of cash that was handed over"),
    "fill_payout_batch": _("Fill a batch of payouts"),
}


def name_of(job: Job) -> str:
    """In words; the code of a kind that there is no more."""
    return str(NAMES.get(job.kind, job.kind))

"""A parcel's way in five steps, in words, for components/steps.html."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from marketplace.order.models import SellerOrder

Status = SellerOrder.Status

#: how many steps a parcel in this status has behind it; it stands on the next
_DONE = {
    Status.AWAITING_PAYMENT: 1,
    Status.NEW: 2,
    Status.PACKING: 2,
    Status.HANDED_OVER: 3,
    Status.DELIVERED: 5,
}
_STATUS_OF_STEP = (Status.AWAITING_PAYMENT, Status.NEW, Status.PACKING, Status.HANDED_OVER, Status.DELIVERED)


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is "done", "current", "stopped" or "" (still to come)."""

    label: str
    state: str
    words: str = ""


def steps(parcel: SellerOrder, *, pays_on_delivery: bool) -> list[Step]:
    """Reads `parcel.events` (prefetch them)."""
    times = {event.status: event.at for event in parcel.events.all()}
    if parcel.status in SellerOrder.ENDED:
        return _stopped(parcel, times)
    done = _done(parcel, pays_on_delivery)
    words = [_at(times.get(status)) for status in _STATUS_OF_STEP]
    words[0], words[3] = _at(parcel.created_at), _carrier(parcel)
    if pays_on_delivery:
        words[1] = words[2]
    return [
        Step(label, "done" if at < done else "current" if at == done else "", words[at] if at <= done else "")
        for at, label in enumerate(_labels(pays_on_delivery))
    ]


def _done(parcel: SellerOrder, pays_on_delivery: bool) -> int:
    """With cash at the door nothing is paid first: the second step is the seller's word."""
    done = _DONE[Status(parcel.status)]
    return 1 if pays_on_delivery and parcel.status == Status.NEW else done


def _labels(pays_on_delivery: bool) -> list[str]:
    second = _("Accepted by the farm") if pays_on_delivery else _("Paid")
    return [_("Ordered"), second, _("Being packed"), _("On its way"), _("Received")]


def _stopped(parcel: SellerOrder, times: dict[str, datetime]) -> list[Step]:
    unpaid = parcel.status == Status.EXPIRED and not parcel.cancel_reason
    label = _("Not paid in time") if unpaid else _("Cancelled")
    words = parcel.cancel_reason or _at(times.get(parcel.status))
    return [Step(_("Ordered"), "done", _at(parcel.created_at)), Step(label, "stopped", words)]


def _carrier(parcel: SellerOrder) -> str:
    return " ".join(part for part in (parcel.carrier, parcel.tracking_number) if part)


def _at(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "H:i d/m") if moment else ""

"""The packs that orders hold. Each change is a conditional UPDATE of reservations, so doing it twice does nothing.

Callers hold the order's lock (locks.py); stock is touched afterwards, in pk order.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from django.db.models import F, QuerySet

from farmers.partner import stock
from marketplace.order.models import Line, Reservation, SellerOrder

_TAKEN = (Reservation.State.HELD, Reservation.State.CLAIMED)


def claim(parcels: Iterable[SellerOrder]) -> None:
    """Paid or accepted: what is held no longer expires."""
    _of(parcels).filter(state=Reservation.State.HELD).update(state=Reservation.State.CLAIMED)


def release(parcels: Iterable[SellerOrder]) -> None:
    """Back to the shelf."""
    stock.release(_change(_of(parcels).filter(state__in=_TAKEN), Reservation.State.RELEASED))


def consume(parcels: Iterable[SellerOrder]) -> None:
    """Left the seller."""
    stock.consume(_change(_of(parcels).filter(state__in=_TAKEN), Reservation.State.CONSUMED))


def write_off(line: Line, packs: int) -> None:
    """``packs`` of the line's are not there: no order holds them, and the seller has them no more."""
    held = Reservation.objects.filter(line=line, state__in=_TAKEN)
    gone = packs and (
        held.filter(quantity__gt=packs).update(quantity=F("quantity") - packs)
        or held.filter(quantity=packs).update(state=Reservation.State.CONSUMED)
    )
    if gone:
        stock.consume({line.stockrecord_id: packs})


def hold_again(parcels: Iterable[SellerOrder], until: datetime) -> None:
    """What was released is held once more. Raises InsufficientStock and changes nothing when some of it is gone."""
    released = _of(parcels).filter(state=Reservation.State.RELEASED)
    stock.reserve(_packs(released))
    released.update(state=Reservation.State.HELD, expires_at=until)


def held_past(now: datetime) -> list[int]:
    """Keys of the orders that still hold packs although their time was over by ``now``."""
    over = Reservation.objects.filter(state=Reservation.State.HELD, expires_at__lte=now)
    return list(over.values_list("line__order", flat=True).distinct())


def _of(parcels: Iterable[SellerOrder]) -> QuerySet[Reservation]:
    return Reservation.objects.filter(line__seller_order__in=[parcel.pk for parcel in parcels])


def _change(reservations: QuerySet[Reservation], to: Reservation.State) -> dict[int, int]:
    packs = _packs(reservations)
    reservations.update(state=to)
    return packs


def _packs(reservations: QuerySet[Reservation]) -> dict[int, int]:
    """{stock record pk: packs}"""
    packs: Counter[int] = Counter()
    for stockrecord_id, quantity in reservations.values_list("stockrecord_id", "quantity"):
        packs[stockrecord_id] += quantity
    return packs

"""The only door to the stock counts. Every write is one UPDATE that checks what it changes.

`num_in_stock` counts the packs at the seller's, `num_allocated` those of them that orders hold. Rows are
touched in pk order: two baskets that share products in any order cannot wait for each other in a ring. The
CHECK constraint `stock_never_oversold` is the second wall.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import partial

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest

from catalogue.listing.refresh import refresh_stock
from farmers.partner.exceptions import InsufficientStock, Shortage
from farmers.partner.models import StockRecord


def reserve(wanted: Mapping[int, int]) -> None:
    """Hold packs: {stock record pk: packs}. All or nothing, inside the caller's transaction.

    Looks at every record before it answers; raises InsufficientStock with all shortages.
    """
    _refuse_nonsense(wanted)
    with transaction.atomic():
        short = [pk for pk in sorted(wanted) if not _hold(pk, wanted[pk])]
        if short:
            raise InsufficientStock(_shortages(short, wanted))
        _relist(wanted)


def release(held: Mapping[int, int]) -> None:
    """Give held packs back to the shelf. The caller makes sure it is done once (Reservation.state)."""
    _refuse_nonsense(held)
    with transaction.atomic():
        for pk in sorted(held):
            StockRecord.objects.filter(pk=pk).update(num_allocated=F("num_allocated") - held[pk])
        _relist(held)


def consume(held: Mapping[int, int]) -> None:
    """Held packs have left the seller. The caller makes sure it is done once (Reservation.state)."""
    _refuse_nonsense(held)
    with transaction.atomic():
        for pk in sorted(held):
            StockRecord.objects.filter(pk=pk).update(
                num_in_stock=F("num_in_stock") - held[pk], num_allocated=F("num_allocated") - held[pk]
            )
        _relist(held)


def change_stock(stockrecord_id: int, *, by: int) -> None:
    """The seller counted `by` packs more, or fewer, than before; never below what orders hold.

    A difference, not a number: packs may have sold since the seller looked.
    """
    StockRecord.objects.filter(pk=stockrecord_id).update(
        num_in_stock=Greatest(F("num_in_stock") + by, F("num_allocated"))
    )
    _relist([stockrecord_id])


def set_paused(stockrecord_id: int, *, paused: bool) -> None:
    """The seller's "tạm hết" switch: nothing new is sold, the count stays."""
    StockRecord.objects.filter(pk=stockrecord_id).update(is_paused=paused)
    _relist([stockrecord_id])


def _hold(pk: int, packs: int) -> bool:
    free = StockRecord.objects.sellable().filter(pk=pk, num_in_stock__gte=F("num_allocated") + packs)
    return bool(free.update(num_allocated=F("num_allocated") + packs))


def _shortages(short: Iterable[int], wanted: Mapping[int, int]) -> tuple[Shortage, ...]:
    left = dict(StockRecord.objects.sellable().with_left().filter(pk__in=short).values_list("pk", "left"))
    return tuple(Shortage(stockrecord_id=pk, wanted=wanted[pk], left=left.get(pk, 0)) for pk in short)


def _relist(stockrecord_ids: Collection[int]) -> None:
    """Show the new counts once they are committed; a listing that fails to follow undoes no sale."""
    transaction.on_commit(partial(_refresh_listings, tuple(stockrecord_ids)), robust=True)


def _refresh_listings(stockrecord_ids: tuple[int, ...]) -> None:
    refresh_stock(StockRecord.objects.filter(pk__in=stockrecord_ids).values_list("product_id", flat=True))


def _refuse_nonsense(packs: Mapping[int, int]) -> None:
    """A negative count would make stock out of nothing."""
    if any(count < 1 for count in packs.values()):
        raise ValueError("Packs are counted from one")

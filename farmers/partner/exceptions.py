"""What can go wrong with a seller's stock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Shortage:
    """One stock record that cannot give what was asked of it; both counts in packs."""

    stockrecord_id: int
    wanted: int
    #: 0 when it is paused, withdrawn, or its seller may not sell now
    left: int


class InsufficientStock(Exception):
    """Nothing was reserved. Carries every shortage, so that the buyer hears all of them at once."""

    def __init__(self, shortages: tuple[Shortage, ...]) -> None:
        self.shortages = shortages
        super().__init__(f"Too little stock in {len(shortages)} stock record(s)")

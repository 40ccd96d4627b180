"""What can go wrong with an order."""


class IllegalMove(Exception):
    """The order or parcel is not, or no longer, in a status from which this may happen. Nothing was changed."""

    def __init__(self, number: str, to: str) -> None:
        super().__init__(f"{number} cannot become {to} now")

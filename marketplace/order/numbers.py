"""Numbers of orders and parcels: random digits and a check digit, so that nothing can be counted, a slip is noticed.

The order's number opens the order to whoever knows the buyer's phone, so it is the buyer's alone. Sellers, labels and
carriers see the parcel's, which says nothing of the order's.
"""

import secrets

#: quasigroup of Damm (2004): catches every single wrong digit and every swap of neighbours
_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)

_PARCEL = "K"


def _damm(digits: str) -> int:
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def new_number() -> str:
    """Ten digits, never with a leading zero; uniqueness is the database's to keep."""
    body = str(secrets.randbelow(900_000_000) + 100_000_000)
    return body + str(_damm(body))


def new_parcel_number() -> str:
    """'K' (kiện: parcel) before ten digits of its own, drawn anew and not out of the order's."""
    return _PARCEL + new_number()


def is_number(text: str) -> bool:
    """True when the ten digits of an order carry a right check digit."""
    return len(text) == 10 and text.isascii() and text.isdigit() and _damm(text) == 0


def is_parcel_number(text: str) -> bool:
    """True for what stands on a label."""
    return text.startswith(_PARCEL) and is_number(text.removeprefix(_PARCEL))


def spaced(number: str) -> str:
    """'1234567890' as people read it out: '1234 567 890'."""
    return f"{number[:4]} {number[4:7]} {number[7:]}"

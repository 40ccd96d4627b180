"""Oscar apps whose tables others lean on and whose pages we do not serve: the stock configs would load every view."""

from oscar.core.application import OscarConfig


class BasketConfig(OscarConfig):
    name = "oscar.apps.basket"
    label = "basket"


class OfferConfig(OscarConfig):
    name = "oscar.apps.offer"
    label = "offer"

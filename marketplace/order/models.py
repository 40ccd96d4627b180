"""The buyer's order, each seller's own part of it, and the stock that is held for it."""

from marketplace.order.placed import Line, Order, ShippingAddress
from marketplace.order.seller_orders import Reduction, Reservation, SellerOrder, SellerOrderEvent

from oscar.apps.order.models import *  # noqa: F403  isort: skip  Oscar's rest, after our own

__all__ = ["Line", "Order", "Reduction", "Reservation", "SellerOrder", "SellerOrderEvent", "ShippingAddress"]

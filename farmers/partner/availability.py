"""What a buyer may be told about stock (names and base classes are Oscar's)."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from oscar.apps.partner.availability import StockRequired as CoreStockRequired
from oscar.apps.partner.availability import Unavailable as CoreUnavailable


class Unavailable(CoreUnavailable):
    """Paused or withdrawn by its seller, sold on quotation only, or the seller may not sell now."""

    message = _("Not on sale for now")

    def is_purchase_permitted(self, quantity: int) -> tuple[bool, str | Promise]:
        return False, self.message


class StockRequired(CoreStockRequired):
    """As many packs as no other order holds."""

    def is_purchase_permitted(self, quantity: int) -> tuple[bool, str | Promise]:
        if self.num_available <= 0:
            return False, _("Sold out")
        if quantity > self.num_available:
            return False, _("Only %(left)d left: please order fewer.") % {"left": self.num_available}
        return True, ""

"""Questions asked of the buyers' orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Prefetch

if TYPE_CHECKING:
    from marketplace.accounts.models import User


class OrderQuerySet(models.QuerySet):
    def of_buyer(self, user: User | AnonymousUser) -> OrderQuerySet:
        """Those that this person placed while signed in, newest first; nobody's for a visitor."""
        return self.filter(user_id=user.pk).order_by("-date_placed") if user.is_authenticated else self.none()

    def with_parcels(self) -> OrderQuerySet:
        """All that a page about an order shows, in a constant number of statements."""
        seller_orders = self.model._meta.get_field("seller_orders").related_model.objects.order_by("pk")
        return self.select_related("shipping_address").prefetch_related(
            Prefetch("seller_orders", seller_orders.select_related("partner__commune__province")),
            "seller_orders__lines__product",
            "seller_orders__lines__reductions",
            "seller_orders__events",
        )

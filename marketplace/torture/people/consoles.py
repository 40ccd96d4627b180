"""What farms do at their console, over HTTP."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.order.carriers import Carrier
from marketplace.order.models import SellerOrder, SellerOrderEvent
from marketplace.torture.given import farms
from marketplace.torture.market import AT_ONCE
from marketplace.torture.people.signed_in import Farmer, farmer_of
from payments.models import Payment

ORDERS = "/ban-hang/don"


def deliver(market: str, payments: Sequence[Payment]) -> None:
    """Bring the parcels of paid orders to their buyers, thirty days ago by the dates of the rows.

    Their farms get an account, too.
    """
    parcels = SellerOrder.objects.filter(order__payments__in=payments)
    for farm in Partner.objects.filter(pk__in=parcels.values("partner")):
        farmer = farmer_of(market, farm)
        numbers = parcels.filter(partner=farm).values_list("number", flat=True)
        with ThreadPoolExecutor(AT_ONCE) as pool:
            list(pool.map(lambda number, farmer=farmer: _deliver(farmer, number), numbers))
        farms.give_account(farm)
    arrived = SellerOrderEvent.objects.filter(seller_order__in=parcels, status=SellerOrder.Status.DELIVERED)
    arrived.update(at=timezone.now() - farms.LONG_AGO)


def _deliver(farmer: Farmer, number: str) -> None:
    farmer.tell(f"{ORDERS}/{number}/nhan/")
    farmer.tell(f"{ORDERS}/{number}/giao/", carrier=Carrier.OWN)
    farmer.tell(f"{ORDERS}/{number}/da-giao/")

"""Farms whose parcels arrived long ago and who wait for their money."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from catalogue.products import Product
from farmers.partner.models import Partner, StockRecord
from marketplace.order.models import SellerOrder, SellerOrderEvent
from marketplace.order.services import move
from payments.models import Payment
from payments.payouts.models import PayoutAccount

LONG_AGO = timedelta(days=30)
_STEPS = (SellerOrder.Status.PACKING, SellerOrder.Status.HANDED_OVER, SellerOrder.Status.DELIVERED)


def one_for_each(products: Sequence[int]) -> None:
    """Give every product a farm of its own. A cooperative: no tax is kept back of what it sells."""
    for pk in products:
        farm = Partner.objects.create(
            code=f"torture-{pk}",
            name=f"Hợp tác xã {pk}",
            kind=Partner.Kind.COOPERATIVE,
            status=Partner.Status.ACTIVE,
            commune=StockRecord.objects.get(product=pk).partner.commune,
        )
        Product.objects.filter(pk=pk).update(seller=farm)
        StockRecord.objects.filter(product=pk).update(partner=farm)


def deliver(payments: Sequence[Payment]) -> None:
    """Bring the parcels of paid orders to their buyers, thirty days ago, and give their farms an account."""
    then = timezone.now() - LONG_AGO
    for parcel in SellerOrder.objects.filter(order__payments__in=payments):
        for step in _STEPS:
            move(parcel, step)
        SellerOrderEvent.objects.filter(seller_order=parcel, status=SellerOrder.Status.DELIVERED).update(
            at=then
        )
        give_account(parcel.partner)


def give_account(farm: Partner) -> None:
    then = timezone.now() - LONG_AGO
    PayoutAccount.objects.get_or_create(
        partner=farm,
        defaults={
            "bank_bin": "970436",
            "number": f"0{farm.pk:09}",
            "holder": "HTX",
            "requested_at": then,
            "usable_from": then,
        },
    )

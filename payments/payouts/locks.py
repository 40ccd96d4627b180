"""The only row locks of this module, in this order: seller, batch. Among all: payments.locks."""

from django.db.models import QuerySet

from farmers.partner.models import Partner
from payments.payouts.models import PayoutBatch


def lock_seller(partner: Partner) -> None:
    """Changes of one seller's account, and transfers that came back, take turns."""
    Partner.objects.select_for_update(no_key=True).get(pk=partner.pk)


def lock_sellers(partners: QuerySet[Partner]) -> list[Partner]:
    """What is owed to them is read, or becomes paid, by one at a time."""
    return list(partners.order_by("pk").select_for_update(no_key=True))


def lock_batch(pk: int) -> PayoutBatch:
    """Raises PayoutBatch.DoesNotExist."""
    batch: PayoutBatch = PayoutBatch.objects.select_for_update(no_key=True).get(pk=pk)
    return batch

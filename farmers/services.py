"""What the platform's staff decide about sellers: who may sell, and which certificates are true."""

from django.db import transaction
from django.utils import timezone

from catalogue.listing.refresh import refresh_on_commit
from catalogue.models import Product
from farmers.models import Certification
from farmers.partner.models import Partner
from marketplace.accounts.models import User
from marketplace.pagecache import services as pagecache


def let_sell(partner: Partner) -> None:
    """Papers are seen, or the reason of a suspension is gone: the goods appear on the market."""
    _set_status(partner, Partner.Status.ACTIVE)


def suspend(partner: Partner) -> None:
    """The goods leave the market at once and nothing new is reserved; orders that run are finished."""
    _set_status(partner, Partner.Status.SUSPENDED)


def verify(certification: Certification, *, by: User) -> None:
    """`by` has compared the paper with the row: the badge is shown until the certificate ends."""
    _set_verified(certification, verified_at=timezone.now(), verified_by=by)


def withdraw_verification(certification: Certification) -> None:
    """The badge goes; the row can be corrected and verified anew."""
    _set_verified(certification, verified_at=None, verified_by=None)


def show_changes(partner: Partner) -> None:
    """Bring name, place or certificates of a seller onto every page that shows them, on commit."""
    refresh_on_commit(Product.objects.filter(seller=partner).values_list("pk", flat=True))
    pagecache.bump()


@transaction.atomic
def _set_status(partner: Partner, status: Partner.Status) -> None:
    partner.status = status
    partner.save(update_fields=["status"])
    show_changes(partner)


@transaction.atomic
def _set_verified(certification: Certification, **verified: object) -> None:
    Certification.objects.filter(pk=certification.pk).update(**verified)
    show_changes(certification.partner)

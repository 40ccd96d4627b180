"""Somebody of the staff lost the phone with the app and the recovery codes: another one lets them set up anew."""

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from marketplace.accounts.models import User
from marketplace.messaging.services import tell


@transaction.atomic
def take_app_away(person: User, *, by: User) -> bool:
    """The next staff page has ``person`` set up an app; their phone is told. False: there was none.

    Raises PermissionDenied for one's own, and for a superuser's unless ``by`` is one: the phone would be enough
    to become them.
    """
    if person == by or (person.is_superuser and not by.is_superuser):
        raise PermissionDenied
    gone, _each = Authenticator.objects.filter(user=person).delete()
    if gone:
        tell(
            "app_taken_away",
            key=f"app_taken_away:{person.pk}:{timezone.now():%Y%m%d%H%M%S}",
            phone=person.phone,
            context={"by": by.full_name or by.phone, "url": settings.SITE_URL},
        )
    return bool(gone)

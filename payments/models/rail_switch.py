"""Which rails are switched off."""

from django.conf import settings
from django.db import models


class RailSwitch(models.Model):
    """The kill switch: a rail named here and off is offered to nobody. What was paid by it is still settled."""

    #: key of settings.PAYMENT_PROVIDERS
    provider = models.CharField(max_length=32, unique=True)
    is_off = models.BooleanField(default=True)
    #: for the money desk
    reason = models.CharField(max_length=200)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", editable=False
    )
    changed_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.provider

"""What every rule of money with a term has in common: of commission, of shipping, of tax kept back."""

from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class DatedRuleQuerySet(models.QuerySet[Any]):
    def in_force(self, on: date) -> Self:
        """Those valid on that day, the latest first."""
        ends = Q(valid_until__isnull=True) | Q(valid_until__gte=on)
        return self.filter(ends, valid_from__lte=on).order_by("-valid_from", "-pk")


class DatedRule(models.Model):
    """Valid from the first to the last day, in Vietnam. A change is a new row from the day on which it holds."""

    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(
        _("valid until"),
        null=True,
        blank=True,
        help_text=_("The last day. Empty: until a later rule begins."),
    )
    source = models.CharField(
        _("source"), max_length=300, help_text=_("Who decided this, where it is written, with the date.")
    )
    is_confirmed = models.BooleanField(
        _("confirmed"), default=False, help_text=_("The platform's owner has confirmed this in writing.")
    )

    objects = DatedRuleQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["-valid_from", "-pk"]

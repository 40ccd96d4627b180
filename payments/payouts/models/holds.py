"""How long after its delivery a parcel's money stays here, for claims to be made. Dated rules, by crop."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class HoldRule(models.Model):
    """The newest rule of a crop counts; a crop without one follows the rule without a crop."""

    valid_from = models.DateField()
    crop = models.ForeignKey(
        "catalogue.Crop",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Empty: for every crop without a rule of its own."),
    )
    hours = models.PositiveIntegerField(
        _("hours after delivery"),
        help_text=_(
            "Shorter for fresh goods: their buyers see at once what they got. A choice of the market."
        ),
    )

    class Meta:
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["valid_from", "crop"], name="one_hold_rule_per_day", nulls_distinct=False
            )
        ]

    def __str__(self) -> str:
        return f"{self.crop or '*'}: {self.hours} h"

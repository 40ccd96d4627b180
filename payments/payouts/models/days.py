from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class PayoutDays(models.Model):
    """On which days of the week staff make batches; of the rules that began, the newest counts."""

    valid_from = models.DateField(unique=True)
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(validators=[MinValueValidator(1), MaxValueValidator(7)]),
        verbose_name=_("days of the week"),
        help_text=_(
            "1 for Monday to 7 for Sunday, with commas between. Sellers are told of the first of these days after "
            "the money is free; a batch can be made on any day all the same. A choice of the market."
        ),
    )

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = verbose_name_plural = _("days of payouts")
        constraints = [
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[1, 2, 3, 4, 5, 6, 7]) & ~Q(weekdays=[]),
                name="payouts_have_days",
            )
        ]

    def __str__(self) -> str:
        return f"{self.valid_from:%Y-%m-%d}: {', '.join(map(str, self.weekdays))}"

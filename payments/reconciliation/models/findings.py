"""How two sides can differ."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Finding(models.TextChoices):
    MATCH = "match", _("agrees")
    MISSING_HERE = "missing_here", _("they have it, we do not")
    MISSING_THERE = "missing_there", _("we have it, they do not")
    AMOUNT_DIFFERS = "amount_differs", _("another amount")
    STATUS_DIFFERS = "status_differs", _("another state")
    UNREADABLE = "unreadable", _("cannot be read")

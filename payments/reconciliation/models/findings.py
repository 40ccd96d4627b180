"""How two sides can differ."""

from collections.abc import Mapping

from django.db import models
from django.utils.translation import gettext_lazy as _


class Finding(models.TextChoices):
    MATCH = "match", _("agrees")
    MISSING_HERE = "missing_here", _("they have it, we do not")
    MISSING_THERE = "missing_there", _("we have it, they do not")
    AMOUNT_DIFFERS = "amount_differs", _("another amount")
    STATUS_DIFFERS = "status_differs", _("another state")
    UNREADABLE = "unreadable", _("cannot be read")


#: how what both sides can read may differ
DIFFERING = (
    Finding.MISSING_HERE,
    Finding.MISSING_THERE,
    Finding.AMOUNT_DIFFERS,
    Finding.STATUS_DIFFERS,
)


def differing_in_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """What differs, and how often, without what never did. ``counts`` by finding."""
    return [(str(finding.label), counts[finding]) for finding in DIFFERING if counts[finding]]

"""What the auditor found, each time."""

from django.db import models
from django.utils import timezone

from payments.audit.differences import TOLD_BY_OTHERS


class Audit(models.Model):
    """One look at all books. ``differences`` are findings as plain dicts, empty when all is well."""

    ran_at = models.DateTimeField(default=timezone.now, db_index=True)
    differences = models.JSONField(default=list)

    class Meta:
        ordering = ["-ran_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.ran_at:%Y-%m-%d %H:%M} {len(self.differences)}"

    @property
    def is_clean(self) -> bool:
        return not self.differences

    @property
    def contradictions(self) -> int:
        """How often our own books contradict each other, whatever others say of our money."""
        return sum(found["check"] != TOLD_BY_OTHERS for found in self.differences)

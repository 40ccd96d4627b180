"""What must happen after a commit, written in the same transaction: Celery is the fast path, this table the truth."""

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    class State(models.TextChoices):
        NEW = "new", _("waiting")
        DONE = "done", _("done")
        PARKED = "parked", _("parked: needs a person")

    #: names the handler in settings.OUTBOX_HANDLERS
    kind = models.CharField(max_length=64)
    #: made by the caller; the same intent twice is one row
    key = models.CharField(max_length=200, unique=True)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.NEW)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    last_error = models.TextField(blank=True)
    request_id = models.CharField(max_length=64, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("outbox job")
        verbose_name_plural = _("outbox jobs")
        indexes = [
            models.Index(fields=["next_try_at"], name="outbox_due", condition=models.Q(state="new")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

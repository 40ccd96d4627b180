"""What providers told us."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from payments.models.payment import Payment


class Notification(models.Model):
    """What a provider sent, kept raw before it is believed."""

    class Verdict(models.TextChoices):
        RECEIVED = "received", _("not looked at yet")
        ACCEPTED = "accepted", _("accepted")
        FORGED = "forged", _("signature is wrong")
        UNUSABLE = "unusable", _("cannot be read")
        CONTRADICTS = "contradicts", _("says otherwise than before")

    provider = models.CharField(max_length=32)
    #: the provider's own id of the event; a digest of the body where that cannot be read
    event_id = models.CharField(max_length=128)
    verdict = models.CharField(max_length=16, choices=Verdict.choices, default=Verdict.RECEIVED)
    body = models.BinaryField()
    headers = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    #: how often the same event came again
    repeats = models.PositiveIntegerField(default=0)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="notifications")
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-received_at", "-pk"]
        constraints = [
            # a forged one must not take the place of the real one
            models.UniqueConstraint(
                fields=["provider", "event_id"],
                condition=~Q(verdict="forged"),
                name="one_notification_per_event",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} {self.event_id}"

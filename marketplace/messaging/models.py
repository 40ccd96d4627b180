"""What was said to whom, by which channel; staff see it, codes are never kept here."""

from django.db import models
from django.db.models.fields.json import KeyTransform
from django.utils.translation import gettext_lazy as _


class Message(models.Model):
    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENT = "sent", _("sent")
        FAILED = "failed", _("failed")

    #: made by the caller; the same message twice is one row
    key = models.CharField(max_length=200, unique=True)
    #: name of the template pair under templates/messages/
    kind = models.CharField(max_length=64)
    #: E.164
    phone = models.CharField(max_length=16, blank=True)
    email = models.EmailField(blank=True)
    context = models.JSONField(default=dict)
    channel = models.CharField(max_length=16, blank=True)
    body = models.TextField(blank=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        #: an order's or a parcel's number, by which the money desk finds what was said of it
        indexes = [models.Index(KeyTransform("number", "context"), name="message_number")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"

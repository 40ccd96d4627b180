"""The outbox handler that sends one message by every channel that reaches the person."""

from typing import Any

from django.template import Context, engines
from django.utils import timezone, translation

from .channels import channels
from .models import Message


def deliver(payload: dict[str, Any]) -> None:
    """`payload` is {"key": Message.key}. Sending twice is prevented by the message's state."""
    message = Message.objects.get(key=payload["key"])
    if message.state == Message.State.SENT:
        return
    subject, body = render(message)
    used = [channel for channel in channels() if channel.reaches(message)]
    for channel in used:
        channel.send(message, subject, body)
    message.channel = "+".join(channel.name for channel in used)
    message.body = body
    message.state = Message.State.SENT if used else Message.State.FAILED
    message.sent_at = timezone.now()
    message.save()


def render(message: Message) -> tuple[str, str]:
    """Subject (the template's first line) and body, in Vietnamese: the language of buyers and sellers.

    Plain text: nothing is escaped, since nobody reads it as HTML.
    """
    template = engines["django"].engine.get_template(f"messages/{message.kind}.txt")
    with translation.override("vi"):
        text = template.render(Context(message.context, autoescape=False)).strip()
    subject, _, body = text.partition("\n")
    return subject.strip(), body.strip()

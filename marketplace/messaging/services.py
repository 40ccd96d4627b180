"""Tell a person something: written down in the caller's transaction, sent by the outbox."""

from typing import Any

from marketplace.outbox.services import enqueue

from . import codes
from .channels import code_channel
from .models import Message


def tell(kind: str, *, key: str, phone: str = "", email: str = "", context: dict[str, Any]) -> None:
    """Queue templates/messages/<kind>.txt for a phone (E.164), an e-mail or both; once per `key`."""
    Message.objects.bulk_create(
        [Message(key=key, kind=kind, phone=phone, email=email, context=context)], ignore_conflicts=True
    )
    enqueue("message", {"key": key}, key=f"message:{key}")


def tell_code(phone: str, code: str) -> None:
    """Send a login code at once. It is never written to the database: who reads that must not sign in."""
    codes.remember(phone, code)
    code_channel().send_code(phone, code)

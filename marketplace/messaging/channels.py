"""Ways to reach a person. SMS and Zalo ZNS will be two more classes and two more names in MESSAGE_CHANNELS."""

from abc import ABC, abstractmethod

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.utils.module_loading import import_string

from .models import Message

log = structlog.get_logger(__name__)


class Channel(ABC):
    """`name` is what Message.channel keeps."""

    name: str

    @abstractmethod
    def reaches(self, message: Message) -> bool:
        """Whether this message has an address of this channel's kind."""

    @abstractmethod
    def send(self, message: Message, subject: str, body: str) -> None:
        """Raises on any failure, so that the outbox tries again."""


class ConsoleChannel(Channel):
    """Stands in for SMS: the text goes to the log, where a developer reads it."""

    name = "console"

    def reaches(self, message: Message) -> bool:
        return bool(message.phone)

    def send(self, message: Message, subject: str, body: str) -> None:
        log.info("message", to=message.phone, subject=subject, body=body)

    def send_code(self, phone: str, code: str) -> None:
        log.info("login_code", to=phone, code=code)


class EmailChannel(Channel):
    name = "email"

    def reaches(self, message: Message) -> bool:
        return bool(message.email)

    def send(self, message: Message, subject: str, body: str) -> None:
        send_mail(subject, body, None, [message.email])


def channels() -> list[Channel]:
    """Those of MESSAGE_CHANNELS, in order."""
    return [import_string(path)() for path in settings.MESSAGE_CHANNELS]


def code_channel() -> ConsoleChannel:
    """The channel for login codes, LOGIN_CODE_CHANNEL."""
    channel: ConsoleChannel = import_string(settings.LOGIN_CODE_CHANNEL)()
    return channel

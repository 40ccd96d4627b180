"""The contract between the payment spine and one rail.

A provider takes plain values and returns frozen ones. It sees no request, no database and no HTML: the views
draw what it returns, ``payments.services`` decides what it means. Amounts are whole đồng.
"""

import enum
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise


class ProviderError(Exception):
    """The rail could not do what was asked. ``permanent``: asking again will not help."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.permanent = permanent


class InvalidSignature(ProviderError):
    """A notification is not from who it says it is. Nothing in it may be believed."""

    def __init__(self, message: str = "signature does not match") -> None:
        super().__init__(message, permanent=True)


class UnreadableNotification(ProviderError):
    """A notification is genuine but cannot be understood; it is kept for a person to read."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class DeclinedPayment(ProviderError):
    """The rail refuses to take this payment; the buyer has to choose another way."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


class Outcome(enum.StrEnum):
    """What a notification says happened to the money."""

    PAID = "paid"
    FAILED = "failed"
    PENDING = "pending"
    IGNORED = "ignored"
    """True but not about a payment of ours, such as money leaving the account."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """What to collect: ``reference`` is our unique code of the payment, ``amount`` đồng."""

    reference: str
    amount: int


@dataclass(frozen=True, kw_only=True)
class Start:
    """What the buyer is shown next: a page to go to, a QR code to scan, or neither (cash at the door).

    ``provider_reference`` is the rail's own name for the payment, where it gives one at once.
    """

    redirect_url: str = ""
    qr_payload: str = ""
    provider_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notification, verified and read, before anything was compared with our own records.

    ``event_id`` is the notifier's own id of the event; the same event always carries the same one.
    ``reference`` is our payment's code, or empty when the notifier gives none that can be ours.
    ``account``, ``bank_reference`` and ``memo`` are filled in for bank transfers only.
    """

    event_id: str
    outcome: Outcome
    amount: int
    occurred_at: datetime
    reference: str = ""
    currency: str = "VND"
    account: str = ""
    bank_reference: str = ""
    memo: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundResult:
    """``done``: the rail has sent the money back; otherwise a person has to, by bank transfer."""

    done: bool
    provider_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a notifier wants to hear: HTTP status and JSON body."""

    status: int
    body: Mapping[str, object]


class Configured(ABC):
    """Built from the project's settings; everything it needs comes in through ``from_settings``."""

    code: str

    @classmethod
    @abstractmethod
    def from_settings(cls, settings: Any) -> Self:
        """An instance with the accounts and secrets that ``settings`` holds."""


class Notifier(Configured):
    """Whoever tells us about money by calling one of our URLs. Named by ``code`` in that URL."""

    evidence: tuple[str, ...] = ()
    """Names of the headers that are kept with the body, so that a dispute can be settled later."""

    @abstractmethod
    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises InvalidSignature unless ``body`` (the bytes as received) is really theirs, and fresh."""

    @abstractmethod
    def read(self, body: bytes) -> Notice:
        """Read a verified body, at once or much later. Raises UnreadableNotification."""

    @abstractmethod
    def acknowledge(self, error: ProviderError | None) -> Reply:
        """The answer once the notification is stored (``error`` None), or why it was not accepted."""


class PaymentProvider(Configured):
    """One way to pay.

    A rail that also calls us back is a ``Notifier`` as well; bank transfers are reported by others (SePay).
    """

    label: "StrPromise"
    help: "StrPromise"
    waits_for_delivery = False
    """True: the money comes with the parcels, so an attempt lives as long as its order does."""
    minimum: int = 1
    maximum: int

    def is_available(self, *, amount: int) -> bool:
        """May ``amount`` đồng be paid this way?"""
        return self.minimum <= amount <= self.maximum

    @abstractmethod
    def start(self, charge: Charge) -> Start:
        """Begin a payment. Raises DeclinedPayment, or ProviderError when the rail cannot be reached."""

    def refund(self, charge: Charge, *, key: str) -> RefundResult:
        """Give ``charge.amount`` đồng of a payment back; the same ``key`` twice is one refund.

        A rail that cannot leaves it to a person. Raises ProviderError.
        """
        return RefundResult(done=False)

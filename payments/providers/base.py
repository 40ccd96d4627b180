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


class NotSent(ProviderError):
    """It is certain that the rail was not asked: no connection came about, or it is being left alone."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=False)


class UnknownRefund(ProviderError):
    """The rail answered that it has made no such refund. It may still be told of it by a call that is late."""

    def __init__(self, message: str) -> None:
        super().__init__(message, permanent=True)


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
    """What the rail says happened to the money."""

    PAID = "paid"
    FAILED = "failed"
    PENDING = "pending"
    REFUNDING = "refunding"
    """It had been paid, and is being, was, or was not given back: that brings no money now."""
    IGNORED = "ignored"
    """True but not about a payment of ours, such as money leaving the account."""


class Reason(enum.StrEnum):
    """Why the money has not come, in the few ways that mean something else to a buyer."""

    NONE = ""
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    INSUFFICIENT = "insufficient"
    """Not enough money, or a limit of the card, wallet or day."""
    HELD = "held"
    """The buyer has paid, but the rail suspects fraud or is not done: it decides later. With Outcome.PENDING."""
    REVERSED = "reversed"
    """Debited and given back by the rail itself."""
    REFUSED = "refused"
    """By the bank or the wallet, for anything else: wrong password, card locked, bank being maintained."""
    UNREACHABLE = "unreachable"
    """Said by us, not by a rail: it did not answer when the payment was to begin, so nothing was taken."""


class Verdict(enum.StrEnum):
    """What became of a notification, for rails that want to hear it in their answer."""

    ACCEPTED = "accepted"
    """Recorded, whatever it said: a failure that was noted is accepted too."""
    REPEATED = "repeated"
    """The payment it reports was settled before."""
    UNKNOWN_PAYMENT = "unknown_payment"
    AMOUNT_DIFFERS = "amount_differs"
    FORGED = "forged"
    UNREADABLE = "unreadable"


class RefundOutcome(enum.StrEnum):
    DONE = "done"
    IN_TRANSIT = "in_transit"
    """Accepted by the rail; ask again with fetch_refund."""
    FAILED = "failed"
    """The rail will not do it: a person has to."""
    BY_HAND = "by_hand"
    """This rail never gives money back: a person does, by bank transfer."""


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One payment as a rail has to know it.

    ``reference`` is our unique code ("BP" and eight letters or digits), ``amount`` đồng, ``opened_at`` the aware
    moment the attempt began (rails derive their own ids and dates from it, so it never changes). The URLs are
    absolute: the buyer comes back to ``return_url``, the rail reports to ``notify_url``. ``provider_reference``
    is the rail's own name for the payment once it is known.
    """

    reference: str
    amount: int
    opened_at: datetime
    expires_at: datetime | None = None
    description: str = ""
    return_url: str = ""
    notify_url: str = ""
    client_ip: str = "127.0.0.1"
    provider_reference: str = ""


@dataclass(frozen=True, kw_only=True)
class Start:
    """What the buyer is shown next: a page to go to, a QR code to scan, or neither (cash at the door).

    ``provider_reference`` is the rail's own name for the payment, where it gives one at once.
    """

    redirect_url: str = ""
    qr_payload: str = ""
    provider_reference: str = ""


TURNED_BACK = "chua-tra"
"""The query of ``return_url`` for who turns back from a page that stays open, where a rail can tell that."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """One notification or answer, verified and read, before anything was compared with our own records.

    ``event_id`` is the notifier's own id of the event; the same event always carries the same one.
    ``reference`` is our payment's code, or empty when the notifier gives none that can be ours;
    ``provider_reference`` is theirs, which a refund needs. ``reason`` says more of what is not paid.
    ``given_back`` is how much of ``amount`` went back to the buyer so far, by us or by anybody at the rail, where the
    rail tells it. ``account``, ``bank_reference`` and ``memo`` are filled in for bank transfers only.
    """

    event_id: str
    outcome: Outcome
    amount: int
    occurred_at: datetime
    reference: str = ""
    provider_reference: str = ""
    reason: Reason = Reason.NONE
    given_back: int = 0
    currency: str = "VND"
    account: str = ""
    bank_reference: str = ""
    memo: str = ""


@dataclass(frozen=True, kw_only=True)
class RefundOrder:
    """``amount`` đồng of ``charge`` to give back. ``key`` is ours: the same key twice is one refund.

    ``opened_at`` never changes either; ``provider_reference`` is the rail's name for the refund, once known.
    """

    key: str
    charge: Charge
    amount: int
    reason: str
    opened_at: datetime
    provider_reference: str = ""

    @property
    def is_full(self) -> bool:
        return self.amount == self.charge.amount


@dataclass(frozen=True, kw_only=True)
class RefundResult:
    outcome: RefundOutcome
    provider_reference: str = ""
    message: str = ""
    """What the rail said, for the money desk."""


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a notifier wants to hear: HTTP status and JSON body; ``body`` None sends none at all."""

    status: int
    body: Mapping[str, object] | None


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
    reports_in_query = False
    """True: the notification is a GET, and ``body`` is its raw query string (VNPAY)."""
    settles_first = False
    """True: the answer depends on what our records say, so they are changed before it is given (VNPAY)."""

    @abstractmethod
    def verify(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises InvalidSignature unless ``body`` (the bytes as received) is really theirs, and fresh."""

    @abstractmethod
    def read(self, body: bytes) -> Notice:
        """Read a verified body, at once or much later. Raises UnreadableNotification."""

    @abstractmethod
    def acknowledge(self, verdict: Verdict) -> Reply:
        """The answer once the notification is stored, or why it was not accepted."""

    def apologize(self) -> Reply | None:
        """The answer when an error of ours kept us from it. None: HTTP 500, after which they call again."""
        return None


class PaymentProvider(Configured):
    """One way to pay.

    A rail that also calls us back is a ``Notifier`` as well; bank transfers are reported by others (SePay).
    """

    label: "StrPromise"
    help: "StrPromise"
    starts_at_once = False
    """True: start() computes and asks nobody, so the attempt is pending from its first moment (VietQR, cash)."""
    asks_to_start = True
    """False: start() makes an address and opens no connection, which says nothing of how the rail is (VNPAY)."""
    waits_for_delivery = False
    """True: the money comes with the parcels, so an attempt lives as long as its order does."""
    supports_cancel = False
    """True: cancel() closes the rail's own page, which would stay open longer than goods are held (Stripe)."""
    supports_refund = False
    supports_partial_refund = False
    minimum: int = 1
    maximum: int

    def is_available(self, *, amount: int) -> bool:
        """May ``amount`` đồng be paid this way?"""
        return self.minimum <= amount <= self.maximum

    @abstractmethod
    def start(self, charge: Charge) -> Start:
        """Begin a payment; may talk to the rail, so never inside a transaction.

        Raises DeclinedPayment, or ProviderError when the rail cannot be reached or answers nonsense.
        """

    def fetch(self, charge: Charge) -> Notice | None:
        """What the rail says of a payment now; None: it knows none by this reference, or cannot be asked.

        It may know it later: the buyer has not opened its page, or our call is on its way. Raises ProviderError.
        """
        return None

    def cancel(self, charge: Charge) -> None:
        """Let nobody pay any more. Nothing happens where it is paid, or was never begun. Raises ProviderError."""
        return None

    def refund(self, order: RefundOrder) -> RefundResult:
        """Give money back on this rail.

        Raises NotSent, a permanent ProviderError when the rail refused the question, so that nothing went back
        either, and any other ProviderError when it is not known whether that happened.
        """
        return RefundResult(outcome=RefundOutcome.BY_HAND)

    def fetch_refund(self, order: RefundOrder) -> RefundResult:
        """How far a refund has come. Raises UnknownRefund, or ProviderError, which says nothing of it."""
        return RefundResult(outcome=RefundOutcome.BY_HAND)

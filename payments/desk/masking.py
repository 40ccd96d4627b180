"""Raw words of providers as staff may see them: enough to recognise a payment, not enough to use an account."""

import re

from payments.models import Notification

LONGEST = 4_000
"""Characters shown; the whole body stays in the database."""
_SECRET = re.compile(r"sign|mac$|hash|secret|token|checksum|password", re.IGNORECASE)
_NAMED = re.compile(r"""(["']?)([\w-]+)\1(\s*[:=]\s*)("(?:[^"\\]|\\.)*"|[^&,\s}\]]+)""")
#: accounts, cards and phones; đồng amounts and our own codes are shorter
_LONG_NUMBER = re.compile(r"(?<![A-Za-z])\+?\d{9,}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.]+")


def masked_body(notification: Notification) -> str:
    return masked(bytes(notification.body).decode(errors="replace")[:LONGEST])


def masked_headers(notification: Notification) -> str:
    return masked("\n".join(f"{name}: {value}" for name, value in notification.headers.items()))


def masked(text: str) -> str:
    """Signatures go; of numbers of nine digits or more the last four stay, of mail addresses the domain."""
    text = _NAMED.sub(_without_secret, text)
    text = _LONG_NUMBER.sub(lambda found: "••••" + found[0][-4:], text)
    return _MAIL.sub(lambda found: "•••@" + found[0].partition("@")[2], text)


def _without_secret(found: re.Match[str]) -> str:
    quote, name, between, _value = found.groups()
    return f"{quote}{name}{quote}{between}•••" if _SECRET.search(name) else found[0]

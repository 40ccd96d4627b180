"""Whom a rail may be, and where it may send buyers: hosts by name, so that no answer and no typo leads elsewhere."""

import re
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

_PLAIN = re.compile(r"[!-\[\]-~]+")
"""ASCII without spaces and without the backslash, which browsers read as a slash and Python does not."""
_WEB_PORTS = (None, 443)


@dataclass(frozen=True)
class Hosts:
    """``named`` speak https only; at ``pretended``, where simulators run, http on any port will do."""

    named: frozenset[str]
    pretended: frozenset[str] = frozenset()

    @classmethod
    def from_settings(cls, settings: Any, rail: str) -> Self:
        return cls(frozenset(settings.RAIL_HOSTS[rail]), frozenset(settings.SIMULATOR_HOSTS))

    def allow(self, url: str) -> bool:
        """Is ``url`` a web address of one of them? Names have to be the same, a part of one is not enough."""
        if not _PLAIN.fullmatch(url):
            return False
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError:
            return False
        if "@" in parts.netloc:
            return False
        if parts.hostname in self.pretended:
            return parts.scheme in ("http", "https")
        return parts.scheme == "https" and parts.hostname in self.named and port in _WEB_PORTS

"""The shop that a simulator works for: the only addresses that it sends anybody to."""

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Shop:
    """``site_url`` (no final /) is the only site buyers are sent to; ``notify_url`` where reports go."""

    site_url: str
    notify_url: str

    def owns(self, url: str) -> bool:
        return url == self.notify_url or url.startswith(f"{self.site_url}/")

    @property
    def origin(self) -> str:
        parts = urlsplit(self.site_url)
        return f"{parts.scheme}://{parts.netloc}"

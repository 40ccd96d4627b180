"""One button at a time, on a connection of its own; nobody follows where it leads."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from marketplace.demo.walkthrough.documents import Form
from marketplace.demo.walkthrough.visitor import TIMEOUT, Visitor
from marketplace.torture.accidents.on_order import COUNT, WRITTEN


@dataclass(frozen=True)
class Answered:
    """What came back: its status, where it leads, and how many statements it took, and how many rows it wrote."""

    status: int
    where: str
    statements: int = field(compare=False)
    written: int = field(compare=False)


class Pressing(Visitor):
    def press(self, form: Form, **headers: str) -> Answered:
        """With the cookies of now; a redirect is not followed.

        Raises OSError or HTTPException when the market dies of it.
        """
        return self._post(form.action, form.fields, headers)

    def tell(self, path: str, /, **fields: object) -> Answered:
        """As `press`, whether or not a page of now shows such a form; a file is (its name, its bytes)."""
        said = {
            name: SimpleUploadedFile(*value) if isinstance(value, tuple) else str(value)
            for name, value in fields.items()
        }
        return self._post(path, said, {})

    def _post(self, path: str, fields: Mapping[str, object], headers: dict[str, str]) -> Answered:
        cookies = {cookie.name: cookie.value for cookie in self.jar}
        headers |= {
            "Content-Type": MULTIPART_CONTENT,
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "Origin": self.market,
            "Referer": f"{self.market}{path}",
            "X-CSRFToken": cookies.get("csrftoken") or "",
        }
        line = http.client.HTTPConnection(urlsplit(self.market).netloc, timeout=TIMEOUT)
        try:
            line.request("POST", path, encode_multipart(BOUNDARY, dict(fields)), headers)
            answer = line.getresponse()
            answer.read()
            statements, written = (int(answer.getheader(name, "0")) for name in (COUNT, WRITTEN))
            return Answered(answer.status, answer.getheader("Location", ""), statements, written)
        finally:
            line.close()

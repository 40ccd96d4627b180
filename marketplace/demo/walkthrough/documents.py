"""What a page says, read from its HTML: forms with the values they would send, links, plain text."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_SILENT = {"script", "style", "template", "svg"}
_Attributes = dict[str, str | None]


@dataclass
class Form:
    """`fields`: what pressing the (first) button sends; tick and choose by changing it."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    #: (name, value) of radio buttons and options that may be chosen
    choices: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Link:
    url: str
    text: str


class Document(HTMLParser):
    """`Document(html)`: forms, links and text of a page, in its order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[Link] = []
        #: the words of the first heading of the first rank
        self.title = ""
        self._words: list[str] = []
        self._silent = 0
        self._heading = 0
        self._link: tuple[str, int] | None = None
        self._select = self._textarea = ""
        self._has_button = False
        self.feed(html)
        self.close()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self._words).split())

    def form(self, action: str) -> Form:
        """The first form whose action has `action` in it. Raises LookupError."""
        for form in self.forms:
            if action in form.action:
                return form
        raise LookupError(f"The page has no form that goes to …{action}…; it says: {self.text[:300]}")

    def link(self, url: str) -> str:
        """The first link with `url` in it. Raises LookupError."""
        for link in self.links:
            if url in link.url:
                return link.url
        raise LookupError(f"The page has no link to …{url}…; it says: {self.text[:300]}")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in _SILENT:
            self._silent += 1
        elif tag == "h1" and not self.title:
            self._heading = len(self._words)
        elif tag == "a" and given.get("href"):
            self._link = (given["href"] or "", len(self._words))
        elif tag == "form":
            self._has_button = False
            self.forms.append(Form(given.get("action") or "", (given.get("method") or "get").lower()))
        elif self.forms:
            self._control(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent -= 1
        elif tag == "a" and self._link:
            url, start = self._link
            self.links.append(Link(url, " ".join(" ".join(self._words[start:]).split())))
            self._link = None
        elif tag == "h1" and not self.title:
            self.title = " ".join(" ".join(self._words[self._heading :]).split())
        elif tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._textarea = ""

    def handle_data(self, data: str) -> None:
        if self._textarea:
            self.forms[-1].fields[self._textarea] += data
        if not self._silent:
            self._words.append(data)

    def _control(self, tag: str, given: _Attributes) -> None:
        name, value = given.get("name") or "", given.get("value") or ""
        if tag == "button" and (given.get("type") or "submit") == "submit":
            first, self._has_button = not self._has_button, True
            if first and name:
                self.forms[-1].fields[name] = value
            return
        if tag == "option" and self._select:
            self._option(self._select, value, chosen="selected" in given)
        elif not name or "disabled" in given:
            return
        elif tag == "select":
            self._select = name
        elif tag == "textarea":
            self._textarea = name
            self.forms[-1].fields[name] = ""
        elif tag == "input":
            kind = (given.get("type") or "text").lower()
            self._input(name, value, kind=kind, chosen="checked" in given)

    def _input(self, name: str, value: str, *, kind: str, chosen: bool) -> None:
        if kind == "radio":
            self._option(name, value, chosen=chosen)
        elif kind == "checkbox":
            if chosen:
                self.forms[-1].fields[name] = value or "on"
        else:
            self.forms[-1].fields[name] = value

    def _option(self, name: str, value: str, *, chosen: bool) -> None:
        form = self.forms[-1]
        form.choices.append((name, value))
        if chosen:
            form.fields[name] = value

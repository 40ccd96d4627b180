"""Pages opened as a visitor would; whatever the browser complains of, or fetches from elsewhere, fails the test."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 800}
Visitor = Callable[..., Page]

#: a violation of the policy that is only reported, or that the console leaves out
TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", event =>
    console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} on ${location.pathname}`))"""


@contextmanager
def visits(chromium: Browser, base_url: str) -> Iterator[Visitor]:
    """visit(**options of the browser) opens a page on a phone."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []
    host = urlsplit(base_url).hostname

    def listen(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(f"{message.text} ({message.location.get('url')})")

    def watch(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.hostname != host:
            complaints.append(f"asked a third party: {request.url}")

    def visit(**options: object) -> Page:
        context = chromium.new_context(base_url=base_url, **{"viewport": PHONE} | options)
        context.set_default_timeout(10_000)
        context.add_init_script(TELL_VIOLATIONS)
        contexts.append(context)
        page = context.new_page()
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", watch)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []

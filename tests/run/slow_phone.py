"""A page opened on a cheap phone on a weak signal: what it weighs on the wire, and when it is seen."""

from playwright.sync_api import Page, Request

#: of 3G: 400 ms for a way there and back, 400 kbit/s
LINE = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
#: rounds of WORK a second on the phone: a quarter of what one core did where the budgets were first met, so that
#: a slow machine, or one that tests other things too, is not taken for a slower phone
PHONE_SPEED = 370
#: the quickest of some tenths of a second, since the first are spent compiling
WORK = """() => {
    const tenth = () => {
        const begun = performance.now();
        let rounds = 0;
        while (performance.now() - begun < 100) {
            document.body.replaceChildren(...Array.from({length: 100}, (_, nth) => {
                const line = document.createElement("p");
                line.textContent = `Hạt điều rang muối ${nth}`;
                return line;
            }));
            document.body.offsetHeight;
            rounds += 1;
        }
        return rounds / (performance.now() - begun) * 1000;
    };
    return Math.max(...Array.from({length: 8}, tenth));
}"""
WATCH = """
window.seen = {lcp: 0, cls: 0};
window.painted = new Promise((resolve, reject) => {
    setTimeout(reject, 30000, new Error("nothing was painted"));
    new PerformanceObserver(list => { for (const e of list.getEntries()) seen.lcp = e.startTime; resolve(); })
        .observe({type: "largest-contentful-paint", buffered: true});
});
new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) seen.cls += e.value; })
    .observe({type: "layout-shift", buffered: true});
"""


class Load:
    """One page opened with an empty cache.

    ``largest_paint``: seconds until the largest thing on the first screen is seen. ``shift``: how far what was seen
    has jumped (CLS, without unit).
    """

    def __init__(self, page: Page, path: str) -> None:
        self._fetched: list[Request] = []
        page.on("requestfinished", lambda request: self._fetched.append(request))
        page.add_init_script(WATCH)
        _slow_down(page)
        # "networkidle": what lies below the first screen comes after the load event
        with page.expect_event("requestfinished", _is_picture):
            page.goto(path, wait_until="networkidle", timeout=30_000)
        seen = page.evaluate("painted.then(() => seen)")  # it is told some time after it was painted
        self.largest_paint: float = seen["lcp"] / 1000
        self.shift: float = seen["cls"]

    def weight(self, kind: str) -> int:
        """Bytes of all that is of this kind ("document", "stylesheet", "script"), as it came over the line."""
        return sum(_size(one) for one in self._fetched if one.resource_type == kind)

    def weight_of_first_picture(self) -> int:
        return next(_size(one) for one in self._fetched if _is_picture(one))


def _is_picture(request: Request) -> bool:
    """A photo of a seller; the market's own drawings are none."""
    return "/media/" in request.url


def _size(request: Request) -> int:
    sizes = request.sizes()
    return sizes["responseHeadersSize"] + sizes["responseBodySize"]


def _slow_down(page: Page) -> None:
    """Make the browser as slow as the phone, by what it gets done here and now."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", LINE)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": max(1, page.evaluate(WORK) / PHONE_SPEED)})

"""One payout run by two people at the money desk, over HTTP: it goes on wherever the last one was killed.

"approve:17" has the web worker die right after the 17th statement of that press, "approve:end" right after all was
committed, before its answer. "fill" is a job of the outbox: the Celery worker that does it dies so
(workers/doomed.py).
"""

import signal
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from subprocess import TimeoutExpired
from threading import Barrier, Event

from marketplace.demo.walkthrough.documents import Document, Form
from marketplace.demo.walkthrough.visitor import TIMEOUT
from marketplace.torture.accidents.on_order import HEADER
from marketplace.torture.people.signed_in import Staff
from marketplace.torture.workers.doomed import DOOM
from marketplace.torture.workers.processes import Worker, sweep
from payments.payouts.files import WRITERS

#: in the midst of each step, and after two; so, too, where a web worker is new, whose first press takes two more
KILLS = ("make:10", "fill:30", "fill:end", "approve:17", "approve:end", "send:40")
PAYOUTS = "/ban-tien/chi-tra/"
MAKE, APPROVE, SEND = "/lap/", "/duyet/", "/gui/"
"""Ends of where the desk's buttons lead."""
FILES = "/tep/"
PATIENCE = 60
"""Seconds that a worker has for a job, its own start among them."""


def batches(person: Staff) -> frozenset[str]:
    """Their pages, as the desk lists them."""
    links = person.open(PAYOUTS).links
    return frozenset(link.url for link in links if link.url.startswith(f"{PAYOUTS}dot/"))


@dataclass(frozen=True)
class Run:
    """Towards one batch, which was not on the desk's list `before`."""

    maker: Staff
    approver: Staff
    before: frozenset[str]

    def go_on(self, kill: str = ":", *, more: Mapping[str, str] = {}) -> bool:
        """Every step that the desk shows as still to be taken; False where something died of one.

        `more` headers go with the press that is killed.
        """
        doomed, _, at = kill.partition(":")
        accident = {HEADER: f"kill {at}", **more}
        return (
            self._make(accident if doomed == "make" else {})
            and (doomed != "fill" or survives_filling(at))
            and self._press(self.approver, APPROVE, accident if doomed == "approve" else {})
            and self._press(self.maker, SEND, accident if doomed == "send" else {})
        )

    def send_together(self) -> list[int]:
        """Both press at once; the status of each answer."""
        start, button = Barrier(2), f"{self.batch.rstrip('/')}{SEND}"

        def send(person: Staff) -> int:
            start.wait(timeout=TIMEOUT)
            return person.tell(button).status

        with ThreadPoolExecutor(2) as pool:
            return list(pool.map(send, (self.maker, self.approver)))

    def files(self) -> set[tuple[str, bytes]]:
        """As the desk gives them to either of the two, if it does."""
        batch = self.batch
        asked = [(person, form) for person in (self.maker, self.approver) for form in WRITERS if batch]
        answers = [(form, person.answer(f"{batch.rstrip('/')}{FILES}{form}/")) for person, form in asked]
        return {(str(form), answer.body) for form, answer in answers if answer.status == 200}

    @property
    def batch(self) -> str:
        """Its page; "" when the list shows none that is new."""
        return next(iter(batches(self.maker) - self.before), "")

    def _make(self, accident: Mapping[str, str]) -> bool:
        """A page opened anew makes another batch; so whoever was not answered looks at the list before."""
        return bool(self.batch) or survives(self.maker, self.maker.open(PAYOUTS).form(MAKE), accident)

    def _press(self, person: Staff, button: str, accident: Mapping[str, str]) -> bool:
        forms = self._put_together(person).forms
        form = next((form for form in forms if form.action.endswith(button)), None)
        return form is None or survives(person, form, accident)

    def _put_together(self, person: Staff) -> Document:
        """The batch's page, loaded again in a moment, and again, as it says itself while a worker is at it."""
        clock, page = Event(), person.open(self.batch)
        for _ in range(5 * PATIENCE):
            if page.forms or any(FILES in link.url for link in page.links):
                break
            clock.wait(0.2)
            page = person.open(self.batch)
        return page


def survives(person: Staff, form: Form, accident: Mapping[str, str]) -> bool:
    """Whether the press was answered."""
    try:
        person.press(form, **accident)
    except ConnectionError:
        return False
    return True


def survives_filling(at: str) -> bool:
    """Whether the worker that takes the job outlives it."""
    worker = Worker({DOOM: at})
    try:
        sweep()
        return worker.process.wait(PATIENCE) != -signal.SIGKILL
    except TimeoutExpired:
        return True
    finally:
        worker.kill()

"""Somebody with an account, who signs in by the code that the demo's page of codes shows."""

import time
from urllib.parse import urlsplit

from marketplace.demo.walkthrough.documents import Document
from marketplace.demo.walkthrough.report import check
from marketplace.demo.walkthrough.visitor import Visitor

#: seconds that the sign-in may ask us to wait because somebody has just tried this number
PATIENCE = 20
CODES = "/thu/ma-dang-nhap/"


class Member(Visitor):
    #: where this person works: signing in leads there
    home = "/tai-khoan/"

    def __init__(self, market: str, *, phone: str) -> None:
        super().__init__(market)
        self.phone = phone

    @property
    def national(self) -> str:
        """As people write it: "0912000002"."""
        return f"0{self.phone.removeprefix('+84')}"

    def sign_in(self) -> None:
        self.open(f"/tai-khoan/dang-nhap/?next={self.home}")
        deadline = time.monotonic() + PATIENCE
        page = self.send(self.open(self.at).form("/tai-khoan/dang-nhap/"), phone=self.national)
        while "/tai-khoan/ma/" not in self.at and time.monotonic() < deadline:
            time.sleep(1)
            page = self.send(page.form("/tai-khoan/dang-nhap/"), phone=self.national)
        page = self._second_step(self.send(page.form("/tai-khoan/ma/"), code=self.shown_code()))
        check(urlsplit(self.at).path == self.home, f"the code did not lead to {self.home}: {page.text[:300]}")

    def _second_step(self, page: Document) -> Document:
        """What staff are asked for besides; the page it leads to."""
        return page

    def shown_code(self, *, below: str = "", later: int = 0) -> str:
        """What the demo's page shows beside this phone, newest first; `below` these words, and so much `later`."""
        form_page = self.at
        words = self.open(CODES).text
        self.at = form_page
        _, found, after = words[words.index(below) :].replace(" ", "").partition(self.national)
        check(found, f"the demo shows no code for {self.national}")
        return after[6 * later : 6 * later + 6]

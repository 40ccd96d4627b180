"""The seller's half: sign in by code, see only one's own part, accept, print, hand over."""

from marketplace.demo.walkthrough.documents import Form
from marketplace.demo.walkthrough.guest import Bought
from marketplace.demo.walkthrough.member import Member
from marketplace.demo.walkthrough.report import check

CARRIER = "Viettel Post"


class Seller(Member):
    home = "/ban-hang/"

    def __init__(self, market: str, *, code: str, phone: str) -> None:
        super().__init__(market, phone=phone)
        self.code = code
        self.parcel = ""

    def find_parcel(self, order: str, numbers: list[str], mine: Bought, others: list[Bought]) -> None:
        """Open ours among the order's parcels; nothing of the other farms, and not the order, may be on it."""
        console = self.open("/ban-hang/")
        listed = {link.url for link in console.links}
        ours = [url for number in numbers if (url := f"/ban-hang/don/{number}/") in listed]
        check(len(ours) == 1, f"our list shows {len(ours)} of the parcels {numbers}")
        self.parcel = ours[0]
        parcel = self.open(self.parcel)
        check(order not in parcel.text, "we can see the number of the buyer's whole order")
        check(mine.title in parcel.text, f"our {mine.title!r} is not on the parcel's page")
        for other in others:
            check(other.title not in parcel.text, f"we can see {other.title!r} of {other.seller}")

    def may_not_open(self, parcel: str) -> None:
        answer = self.answer(parcel)
        check(answer.status == 404, f"another farm's parcel answered {answer.status} instead of 404")

    def accept(self) -> None:
        self._press("nhan/")

    def print_packing_slip(self) -> int:
        """Bytes of the PDF."""
        slip = self.answer(self.open(self.parcel).link("phieu.pdf"))
        check(slip.status == 200 and slip.body.startswith(b"%PDF"), "the packing slip is no PDF")
        return len(slip.body)

    def hand_over(self, tracking_number: str) -> None:
        self._press("giao/", carrier=CARRIER, tracking_number=tracking_number)

    def _press(self, action: str, **values: str) -> None:
        form: Form = self.open(self.parcel).form(f"{self.parcel}{action}")
        self.send(form, **values)

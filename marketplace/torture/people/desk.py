"""What two people do at the money desk, over HTTP."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from marketplace.demo.walkthrough.documents import Form
from marketplace.torture.market import AT_ONCE, drain
from marketplace.torture.people.guest import Guest
from marketplace.torture.people.signed_in import Staff
from payments.models import Refund
from payments.reconciliation.models import Item

BATCHES, DIFFERENCES, REFUNDS = "/ban-tien/chi-tra", "/ban-tien/doi-soat/lech", "/ban-tien/hoan-tien"
ACCOUNT = {
    "bank_bin": "970415",
    "number": "0123456789",
    "holder": "NGUYEN THI LAN",
    "holder_again": "NGUYEN THI LAN",
}
"""Where a buyer wants money back."""


def pay_out(maker: Staff, approver: Staff) -> None:
    maker.press(agree_on_payout(maker, approver))


def agree_on_payout(maker: Staff, approver: Staff) -> Form:
    """One makes the batch, the other approves the total that the page shows; the button with which it is sent."""
    batch = maker.press(maker.open(f"{BATCHES}/").form("/lap/")).where
    drain()
    approver.press(approver.open(batch).form("/duyet/"))
    return maker.open(batch).form("/gui/")


def agree_on_refund(refund: Refund, buyer: Guest, approver: Staff) -> Form:
    """The buyer says where to, and a second person agrees; the button with which another one notes it as sent."""
    number = refund.payment.order.number
    buyer.tell(f"/don-hang/{number}/tai-khoan-nhan/", **ACCOUNT)
    approver.tell(f"{REFUNDS}/{refund.pk}/dong-y-chuyen/")
    return Form(f"{REFUNDS}/{refund.pk}/da-tra/", "post", {"bank_reference": f"FT{refund.pk}"})


def settle_differences(one: Staff, other: Staff) -> Counter[int]:
    """`one` says what each open one was, `other` agrees where the sums differ; how the desk answered."""
    answers = Counter(_tell_all(one, "ghi-chu", words="Đã hỏi VNPAY"))
    return answers + Counter(_tell_all(other, "dong-y"))


def _tell_all(person: Staff, way: str, **said: str) -> list[int]:
    still_open = Item.objects.filter(state=Item.State.OPEN).values_list("pk", flat=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda pk: person.tell(f"{DIFFERENCES}/{pk}/{way}/", **said).status, still_open))

"""What two people do at the money desk, over HTTP."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from marketplace.torture.market import drain
from marketplace.torture.people import Staff
from payments.reconciliation.models import Item

BATCHES, DIFFERENCES = "/ban-tien/chi-tra", "/ban-tien/doi-soat/lech"
AT_ONCE = 8


def pay_out(maker: Staff, approver: Staff) -> None:
    """One makes the batch, the other approves the total that the page shows, and it counts as sent."""
    batch = maker.tell(f"{BATCHES}/lap/").where
    drain()
    approver.press(approver.open(batch).form("/duyet/"))
    maker.press(maker.open(batch).form("/gui/"))


def settle_differences(one: Staff, other: Staff) -> Counter[int]:
    """`one` says what each open one was, `other` agrees where the sums differ; how the desk answered."""
    answers = Counter(_tell_all(one, "ghi-chu", words="Đã hỏi VNPAY"))
    return answers + Counter(_tell_all(other, "dong-y"))


def _tell_all(person: Staff, way: str, **said: str) -> list[int]:
    still_open = Item.objects.filter(state=Item.State.OPEN).values_list("pk", flat=True)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(lambda pk: person.tell(f"{DIFFERENCES}/{pk}/{way}/", **said).status, still_open))

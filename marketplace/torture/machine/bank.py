"""What leaves the bank account and comes back to it."""

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from marketplace.order.models import SellerOrder, SellerOrderEvent
from marketplace.torture.given import farms
from marketplace.torture.machine.example import PICK, chosen
from marketplace.torture.machine.selling import Selling
from payments.ledger.models import Account, Entry, Line
from payments.models import Transfer
from payments.payouts.models import Payout, PayoutBatch
from payments.reconciliation.models import Return
from payments.reconciliation.movements import number_of
from payments.simulators.bank.transfers import as_banks_write

SENT = (Entry.Kind.PAYOUT_SENT, Entry.Kind.REFUND_SENT)
PAYOUTS = "/ban-tien/chi-tra"
HELD = (Account.Kind.BANK, Account.Kind.CLEARING)


class Bank(Selling):
    @rule()
    def pay_out(self) -> None:
        """All that arrived long ago, and nothing of it was long ago: the clock is put back for it."""
        if arrived_long_ago():
            self.press(self.stage.maker, f"{PAYOUTS}/lap/", token=self.token())
        if batch := PayoutBatch.objects.filter(state=PayoutBatch.State.READY).first():
            self.press(self.stage.approver, f"{PAYOUTS}/dot/{batch.pk}/duyet/", total=batch.total)
            self.press(self.stage.maker, f"{PAYOUTS}/dot/{batch.pk}/gui/")

    @rule(at=PICK, outcome=st.sampled_from(["paid", "returned"]))
    def bank_answers(self, at: int, outcome: str) -> None:
        if payout := chosen(Payout.objects.all(), at):
            path = f"{PAYOUTS}/khoan/{payout.reference}/ket-qua/"
            self.press(self.stage.maker, path, outcome=outcome, note=f"FT{payout.pk}")

    @rule(at=PICK)
    def notice_of_return(self, at: int) -> None:
        """Our own money that came back, told once as of anybody's transfer."""
        untold = came_back().exclude(pk__in=self.told)
        if entry := chosen(untold, at):
            self.told.add(entry.pk)
            self.arrives(words_of(entry), moved_by(entry), told_as(entry))

    @rule(at=PICK)
    def person_says_return(self, at: int) -> None:
        """What the books counted twice they count once from then on."""
        entry = chosen(came_back(), at)
        if entry and (transfer := Transfer.objects.filter(bank_reference=told_as(entry)).first()):
            before, said = held_for_us(), Return.objects.count()
            path = f"/ban-tien/chuyen-khoan/{transfer.pk}/tien-tro-ve/"
            self.press(self.stage.maker, path, movements=entry.pk)
            assert held_for_us() == before - transfer.amount * (Return.objects.count() - said)


def arrived_long_ago() -> bool:
    """Whatever has arrived did so long ago from now on. Is any of it in no payout?"""
    delivered = SellerOrder.Status.DELIVERED
    SellerOrderEvent.objects.filter(status=delivered).update(at=timezone.now() - farms.LONG_AGO)
    return SellerOrder.objects.filter(status=delivered).exclude(payout_items__is_open=True).exists()


def came_back() -> QuerySet[Entry]:
    return Entry.objects.filter(reverses__kind__in=SENT, lines__account__kind=Account.Kind.BANK)


def moved_by(entry: Entry) -> int:
    """đồng on the bank account."""
    line: Line = entry.lines.get(account__kind=Account.Kind.BANK)
    return line.amount


def reference_of(entry: Entry) -> str:
    """The bank's own number of the movement."""
    return f"NH{entry.pk}"


def told_as(entry: Entry) -> str:
    """Some notifiers give it a number of their own."""
    return reference_of(entry) if entry.pk % 3 else f"TB{entry.pk}"


def words_of(entry: Entry) -> str:
    """Some banks say what it is that comes back."""
    return f"HOAN TRA {number_of(entry)}" if entry.pk % 2 else "HOAN TRA"


def as_written(entry: Entry) -> str:
    return as_banks_write(words_of(entry), settings.BANK_ACCOUNT)


def held_for_us() -> int:
    """đồng, at the bank and at the rails."""
    held = Line.objects.filter(account__kind__in=HELD)
    total: int = held.aggregate(total=Sum("amount", default=0))["total"]
    return total

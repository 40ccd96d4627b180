"""Statements of the bank and lists of carriers, a row at a time, and the person who settles what they leave open."""

from functools import partial
from typing import Any

from django.conf import settings
from django.db.models import Q, Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from marketplace.accounts.models import User
from marketplace.order.models import SellerOrder
from marketplace.torture.machine.bank import SENT, as_written, came_back, moved_by, reference_of
from marketplace.torture.machine.example import PICK, Example, chosen
from payments.ledger.accounts import balance, of_market
from payments.ledger.models import Account, Entry
from payments.models import Transfer
from payments.reconciliation.bank import handed_over, not_arrived, unsettled
from payments.reconciliation.bank_resolving import link, link_movements, take_in
from payments.reconciliation.models import Item, Return, Statement, StatementRow
from payments.reconciliation.movements import like, number_of, unseen
from payments.reconciliation.resolving import accept_sum
from payments.reconciliation.statements import apply_statement, bring_in

BANK, CARRIER = Statement.Kind.BANK, Statement.Kind.CARRIER
BANK_HEAD = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung"
CARRIER_HEAD = "Ngày đối soát;Mã vận đơn;Tiền thu hộ;Trạng thái"


class Statements(Example):
    def bring(self, kind: str, head: str, row: str, carrier: str = "") -> None:
        """Each file differs; what it tells may have been told before."""
        today = f"{timezone.localdate():%d/%m/%Y}"
        content = f"Bảng số {next(self.keys)}\n{head}\n{today};{row}".encode()
        said: dict[str, Any] = {"kind": kind, "name": "so.csv", "content": content, "carrier": carrier}
        self.attempt(lambda: apply_statement(bring_in(**said, by=self.maker), by=self.maker))

    @rule(at=PICK)
    def statement_shows_transfer(self, at: int) -> None:
        if transfer := chosen(Transfer.objects.exclude(outcome__in=Transfer.NOT_RECEIVED), at):
            row = f"{transfer.bank_reference};;{transfer.amount};{transfer.content}"
            self.bring(BANK, BANK_HEAD, row)

    @rule(at=PICK)
    def statement_shows_what_left(self, at: int) -> None:
        if entry := chosen(Entry.objects.filter(kind__in=SENT, lines__account__kind=Account.Kind.BANK), at):
            self.bring(BANK, BANK_HEAD, f"{reference_of(entry)};{-moved_by(entry)};;{number_of(entry)}")

    @rule(at=PICK)
    def statement_shows_what_came_back(self, at: int) -> None:
        if entry := chosen(came_back(), at):
            self.bring(BANK, BANK_HEAD, f"{reference_of(entry)};;{moved_by(entry)};{as_written(entry)}")

    @rule(
        at=PICK, per_cent=st.sampled_from([90, 100, 100, 110]), status=st.sampled_from(["", "", "hoàn hàng"])
    )
    def carrier_lists(self, at: int, per_cent: int, status: str) -> None:
        at_the_door = SellerOrder.objects.filter(order__payments__provider="cash_on_delivery")
        if parcel := chosen(at_the_door.exclude(carrier=""), at):
            amount = 0 if status else parcel.due * per_cent // 100
            self.bring(CARRIER, CARRIER_HEAD, f"{parcel.number};{amount};{status}", parcel.carrier)

    @rule(at=PICK)
    def carriers_money_arrives(self, at: int) -> None:
        found = chosen(not_arrived(), at)
        if found and (total := handed_over(found)):
            self.bring(BANK, BANK_HEAD, f"NV{found.pk};;{total};{found.carrier} TT COD")

    @rule(at=PICK, way=st.sampled_from(["link", "movement", "take in"]))
    def person_settles(self, at: int, way: str) -> None:
        if item := chosen(Item.objects.filter(state=Item.State.OPEN).exclude(row=None), at):
            self.attempt(partial(settle, item, way, by=self.maker))

    def statements_agree(self) -> None:
        """The bank account is what statements have shown of it, and what they still have to show."""
        shown = StatementRow.objects.filter(outcome=StatementRow.Outcome.MATCHED, statement__kind=BANK)
        bank = Q(entry__lines__account__kind=Account.Kind.BANK)
        told = Return.objects.filter(bank, entry__shown_by=None)
        to_come = (
            sum(entry.moved for entry in unseen()),
            sum(map(handed_over, not_arrived())),
            told.aggregate(total=Sum("entry__lines__amount", default=0))["total"],
        )
        total = shown.aggregate(total=Sum("amount", default=0))["total"]
        assert balance(of_market(Account.Kind.BANK)) == total + sum(to_come)


def settle(item: Item, way: str, *, by: User) -> None:
    """By the first that fits it."""
    row = item.row
    assert row is not None
    if row.statement.kind == CARRIER:
        accept_sum(item, by=by)
    elif way == "take in":
        take_in(item, account=settings.BANK_ACCOUNT, by=by)
    elif way == "link" and (transfer := unsettled(row).order_by("pk").first()):
        link(item, transfer=transfer, by=by)
    elif entry := like(row).filter(moved=item.their_amount).first():
        link_movements(item, movements=Entry.objects.filter(pk=entry.pk), by=by)

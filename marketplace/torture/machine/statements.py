"""Statements of the bank and lists of carriers, a row at a time, and the person who settles what they leave open."""

from django.db.models import Q, Sum
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import rule

from marketplace.order.models import SellerOrder
from marketplace.torture.machine.bank import SENT, Bank, as_written, came_back, moved_by, reference_of
from marketplace.torture.machine.example import PICK, chosen
from payments.ledger.accounts import balance, of_market
from payments.ledger.models import Account, Entry
from payments.models import Transfer
from payments.reconciliation.bank import handed_over, not_arrived, unsettled
from payments.reconciliation.models import Item, Return, Statement, StatementRow
from payments.reconciliation.movements import like, number_of, unseen

BANK, CARRIER = Statement.Kind.BANK, Statement.Kind.CARRIER
STATEMENTS = "/ban-tien/doi-soat/sao-ke"
LINK, MOVEMENTS, TAKE_IN, ACCEPT_SUM = "khop", "so-sach", "nhan-tien", "hang-nop"
"""Ways to settle a difference, as the desk's addresses have them."""
BANK_HEAD = "Ngày giao dịch;Số tham chiếu;Ghi nợ;Ghi có;Nội dung"
CARRIER_HEAD = "Ngày đối soát;Mã vận đơn;Tiền thu hộ;Trạng thái"


class Statements(Bank):
    def bring(self, kind: str, head: str, row: str, carrier: str = "") -> None:
        """Each file differs; what it tells may have been told before."""
        today = f"{timezone.localdate():%d/%m/%Y}"
        file = ("so.csv", f"Bảng số {next(self.keys)}\n{head}\n{today};{row}".encode())
        self.press(self.stage.maker, f"{STATEMENTS}/nop/", kind=kind, carrier=carrier, file=file)
        if read := Statement.objects.filter(state=Statement.State.READ).last():
            self.press(self.stage.maker, f"{STATEMENTS}/{read.pk}/ap-dung/")

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

    @rule(at=PICK, way=st.sampled_from([LINK, MOVEMENTS, TAKE_IN]))
    def person_settles(self, at: int, way: str) -> None:
        if item := chosen(Item.objects.filter(state=Item.State.OPEN).exclude(row=None), at):
            way = ACCEPT_SUM if item.row.statement.kind == CARRIER else way
            path = f"/ban-tien/doi-soat/lech/{item.pk}/{way}/"
            self.press(self.stage.maker, path, **first_fitting(item, way))

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


def first_fitting(item: Item, way: str) -> dict[str, object]:
    """What is chosen of those that the desk offers for it."""
    row = item.row
    assert row is not None
    if way == LINK and (transfer := unsettled(row).order_by("pk").first()):
        return {"transfer": transfer.pk}
    if way == MOVEMENTS and (entry := like(row).filter(moved=item.their_amount).first()):
        return {"movements": entry.pk}
    return {}

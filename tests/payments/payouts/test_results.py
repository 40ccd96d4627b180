"""What the bank says of our transfers: every row is kept, right ones settle, wrong ones say why."""

import io

import pytest
from openpyxl import Workbook

from payments.ledger.accounts import owed_to
from payments.payouts.models import Payout, ResultFile
from payments.payouts.results import import_results
from payments.tables.exceptions import UnreadableFile
from tests.payments.payouts.farms import NOW, arrived, hold, make_seller, maker, sent
from tests.payments.reconciliation.files import bomb, far_cell

pytestmark = pytest.mark.django_db
State = Payout.State


@pytest.fixture
def payouts() -> list[Payout]:
    hold()
    for goods in (100_000, 70_000):
        arrived(make_seller(), goods)
    return list(sent().payouts.order_by("partner"))


def bring(content: bytes, name: str = "ketqua.csv") -> ResultFile:
    return import_results(name=name, content=content, by=maker(), now=NOW)


def csv(*rows: str, head: str = "Số tham chiếu,Trạng thái,Lý do,Số tiền") -> bytes:
    return "\n".join([head, *rows]).encode("utf-8-sig")


def state(payout: Payout) -> str:
    payout.refresh_from_db()
    return payout.state


def errors(kept: ResultFile) -> list[str]:
    return [row["error"] for row in kept.rows]


class TestRows:
    def test_say_what_arrived_and_what_came_back(self, payouts: list[Payout]) -> None:
        first, second = payouts
        kept = bring(csv(f"{first.reference},Thành công,FT123", f"{second.reference},Thất bại,Sai tên"))
        assert errors(kept) == ["", ""]
        assert (state(first), first.bank_reference) == (State.PAID, "FT123")
        assert (state(second), second.reason) == (State.RETURNED, "Sai tên")
        assert owed_to(second.partner) == second.amount

    def test_a_wrong_row_stops_none_of_the_others(self, payouts: list[Payout]) -> None:
        first, second = payouts
        kept = bring(
            csv(
                "CT99999N1,Thành công,,",
                f"{first.reference},Đang xử lý,,",
                f"{second.reference},Thành công,FT1,{second.amount}",
            )
        )
        assert [bool(error) for error in errors(kept)] == [True, True, False]
        assert [row["line"] for row in kept.rows] == [2, 3, 4]
        assert (state(first), state(second)) == (State.SENT, State.PAID)

    def test_another_amount_is_not_believed(self, payouts: list[Payout]) -> None:
        first = payouts[0]
        kept = bring(csv(f"{first.reference},Thành công,,{first.amount + 1}"))
        assert errors(kept) != [""]
        assert state(first) == State.SENT

    @pytest.mark.parametrize("said", ["-{0}", "{0}5", "{0}.5", "x"])
    def test_nor_is_an_amount_that_left_again_or_is_none(self, payouts: list[Payout], said: str) -> None:
        first = payouts[0]
        kept = bring(csv(f"{first.reference},Thành công,,{said.format(first.amount)}"))
        assert errors(kept) != [""]
        assert state(first) == State.SENT

    @pytest.mark.parametrize("status", ["Thành công", "Thất bại"])
    def test_a_long_note_stops_nothing(self, payouts: list[Payout], status: str) -> None:
        first, second = payouts
        kept = bring(csv(f"{first.reference},{status},{'a' * 500}\x00", f"{second.reference},Thành công,FT1"))
        assert errors(kept) == ["", ""]
        assert state(second) == State.PAID

    @pytest.mark.parametrize("form", ["{0:,}", "{0}.00", "{0}.0", "{0}"])
    def test_amounts_come_in_every_form(self, payouts: list[Payout], form: str) -> None:
        first = payouts[0]
        content = csv(
            f"{first.reference};success;;{form.format(first.amount)}", head="reference;status;note;amount"
        )
        assert errors(bring(content)) == [""]

    def test_after_it_came_back_it_cannot_have_arrived(self, payouts: list[Payout]) -> None:
        first = payouts[0]
        bring(csv(f"{first.reference},Thất bại,x"))
        assert errors(bring(csv(f"{first.reference},Thành công,y"))) != [""]
        assert state(first) == State.RETURNED


class TestFiles:
    def test_the_same_file_again_is_the_same_import(self, payouts: list[Payout]) -> None:
        content = csv(f"{payouts[0].reference},Thất bại,x")
        assert bring(content) == bring(content, "khac.csv")
        assert ResultFile.objects.count() == 1

    def test_the_same_row_in_another_file_is_no_error(self, payouts: list[Payout]) -> None:
        bring(csv(f"{payouts[0].reference},Thất bại,x"))
        assert errors(bring(csv(f"{payouts[0].reference},Thất bại,lần hai"))) == [""]
        assert owed_to(payouts[0].partner) == payouts[0].amount

    def test_a_spreadsheet_with_a_letterhead_is_read_too(self, payouts: list[Payout]) -> None:
        book, out = Workbook(), io.BytesIO()
        sheet = book.worksheets[0]
        sheet.append(["NGÂN HÀNG TMCP"])
        sheet.append(["STT", "Số tham chiếu", "Số tiền", "Trạng thái"])
        sheet.append([1, payouts[0].reference, payouts[0].amount, "Thành công"])
        book.save(out)
        assert errors(bring(out.getvalue(), "kq.xlsx")) == [""]
        assert state(payouts[0]) == State.PAID

    def test_is_kept_byte_by_byte(self, payouts: list[Payout]) -> None:
        content = csv("gì đó,khác")
        assert bytes(ResultFile.objects.get(pk=bring(content).pk).content) == content

    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"a,b\n1,2",
            b"\xff\xfe\x00bad",
            b"PK\x03\x04broken",
            "Số tham chiếu\nX".encode(),
            bomb(),
            far_cell(),
        ],
        ids=["empty", "no head", "not UTF-8", "broken zip", "no status", "bomb", "far cell"],
    )
    def test_that_are_no_results_are_refused_in_words(self, content: bytes) -> None:
        with pytest.raises(UnreadableFile) as refused:
            bring(content)
        assert str(refused.value)
        assert ResultFile.objects.count() == 0

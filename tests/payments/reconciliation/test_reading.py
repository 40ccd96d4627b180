"""Statements are read row by row; what cannot be read is said and kept, and no file takes the machine down."""

from contextlib import nullcontext
from typing import Any

import pytest

from payments.payouts.results import read_rows
from payments.reconciliation.bank_statements import read_bank
from payments.reconciliation.carrier_lists import read_carrier
from payments.tables.cells import dong_of
from payments.tables.exceptions import UnreadableFile
from tests.payments.reconciliation.files import bank_csv, bomb, camt, camt_entry, far_cell, xlsx


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1.500.000", 1_500_000),
        ("1,500,000.00", 1_500_000),
        ("1 500 000 đ", 1_500_000),
        ("-95000", -95_000),
        ("+150000 VND", 150_000),
        ("150000.0", 150_000),
    ],
)
def test_amounts_as_banks_write_them(text: str, amount: int) -> None:
    assert dong_of(text) == amount


@pytest.mark.parametrize("text", ["", "1.5", "1500.50", "12.34.56", "mười", "1e6", "NaN", "9" * 30, "--5"])
def test_what_is_no_whole_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        dong_of(text)


def test_a_banks_csv() -> None:
    came, left, bad, worse = read_bank(
        bank_csv(
            "25/11/2026;FT1;;1.500.000;BPABC tien hang",
            "25/11/2026 13:05;FT2;95.000;;tra tien",
            "hôm qua;FT3;;1.000;x",
            "25/11/2026;FT4;;1,5;y",
        )
    )
    assert (came.amount, came.reference, came.memo) == (1_500_000, "FT1", "BPABC tien hang")
    assert came.occurred_at is not None and came.occurred_at.utcoffset().total_seconds() == 7 * 3600  # type: ignore[union-attr]
    assert left.amount == -95_000
    assert "hôm qua" in bad.error and bad.raw[1] == "FT3"
    assert "1,5" in worse.error and worse.line == 6


def test_the_same_in_xlsx_and_camt() -> None:
    (sheet,) = read_bank(xlsx(["Ngày", "Số tiền", "Nội dung"], ["25/11/2026", 150_000, "BP1"]))
    (entry,) = read_bank(camt(camt_entry("150000.00", "BP1", day="2026-11-25")))
    assert (sheet.amount, sheet.memo, sheet.occurred_at) == (entry.amount, entry.memo, entry.occurred_at)
    assert sheet.amount == 150_000


def test_camt_says_what_left_and_refuses_other_money() -> None:
    left, foreign = read_bank(camt(camt_entry("7", "x", sign="DBIT"), camt_entry("7", "x", currency="USD")))
    assert left.amount == -7
    assert foreign.error and foreign.amount is None


BOOKED = ["<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>"]
NOT_BOOKED = ["<Sts>PDNG</Sts>", "<Sts><Cd>INFO</Cd></Sts>", "<Sts><Cd>FUTR</Cd></Sts>", "<Sts/>", ""]


@pytest.mark.parametrize("state", BOOKED)
def test_what_camt_says_is_booked_has_moved(state: str) -> None:
    (row,) = read_bank(camt(camt_entry("7", "x", state=state)))
    assert (row.error, row.amount) == ("", 7)


@pytest.mark.parametrize("state", [*NOT_BOOKED, "<Sts><Prtry>DA GHI</Prtry></Sts>"])
def test_what_camt_does_not_say_is_booked_moved_nothing(state: str) -> None:
    (row,) = read_bank(camt(camt_entry("7", "tien hang", reference="FT1", state=state)))
    assert (row.amount, row.occurred_at) == (None, None)
    assert row.error and "tien hang" in row.raw and "7" in row.raw


TABLE = "Ngày giao dịch;Số tham chiếu;Ghi có;Nội dung\n25/11/2026;FT1;1,500,000;a, b, c, d, e\n"


@pytest.mark.parametrize(
    "title", ["", "Sao kê tài khoản", "Sao kê, tháng 11, chi nhánh Đồng Xoài, 2026, bản 1"]
)
def test_a_title_above_the_table_does_not_hide_its_separator(title: str) -> None:
    (row,) = read_bank(f"{title}\n{TABLE}".encode())
    assert (row.amount, row.memo) == (1_500_000, "a, b, c, d, e")


def test_of_two_columns_that_fit_the_better_known_counts() -> None:
    (row,) = read_bank(b"Ngay hieu luc,Ngay giao dich,So tien,Noi dung\n01/01/2026,25/11/2026,5000,x")
    assert row.occurred_at is not None and row.occurred_at.day == 25


FAR_OFF = ["01/01/0001", "31/12/9999", "1970-01-01"]


@pytest.mark.parametrize("day", FAR_OFF)
def test_a_year_that_no_money_moved_in_is_said(day: str) -> None:
    (row,) = read_bank(bank_csv(f"{day};FT1;;1.000;x"))
    assert day in row.error and row.occurred_at is None


def test_camt_says_so_too() -> None:
    assert all(row.error for row in read_bank(camt(camt_entry("7", "x", day="0001-01-01"))))


@pytest.mark.parametrize(
    ("account", "ours"),
    [
        ("<Othr><Id>{ours}</Id></Othr>", True),
        ("<IBAN>VN38BFTV{ours}</IBAN>", True),
        ("<Othr><Id>19036900000015</Id></Othr>", False),
    ],
)
def test_a_camt_of_another_account_is_refused(account: str, ours: bool, settings: Any) -> None:
    named = f"<Acct><Id>{account.format(ours=settings.BANK_ACCOUNT)}</Id></Acct>".encode()
    content = camt(camt_entry("150000", "x")).replace(b"<Id>1</Id>", b"<Id>1</Id>" + named)
    with nullcontext() if ours else pytest.raises(UnreadableFile, match="tài khoản khác: 19036900000015"):
        assert len(read_bank(content)) == 1


ROWS_OF_NOTHING = [
    (";FT1;;1.000;x", "Thiếu ngày."),
    ("25/11/2026;FT1;;;x", "Thiếu số tiền, hoặc số tiền là 0."),
    ("25/11/2026;FT1;0;0;x", "Thiếu số tiền, hoặc số tiền là 0."),
]


@pytest.mark.parametrize(("row", "words"), ROWS_OF_NOTHING)
def test_what_a_row_lacks_is_said(row: str, words: str) -> None:
    (read,) = read_bank(bank_csv(row))
    assert (read.error, read.amount) == (words, None)


def test_camt_and_carriers_say_so_too() -> None:
    (entry,) = read_bank(camt(camt_entry("0.00", "x")))
    head = ["Mã vận đơn", "Tiền thu hộ", "Ngày trả tiền"]
    no_amount, no_day = read_carrier(xlsx(head, ["VTP1", "", "25/11/2026"], ["VTP2", 1_000, ""]))
    assert {entry.error, no_amount.error} == {"Thiếu số tiền, hoặc số tiền là 0."}
    assert (entry.amount, no_day.error) == (None, "Thiếu ngày.")


def test_columns_that_are_missing_are_named_as_banks_and_carriers_write_them() -> None:
    table = b"Ten;Tuoi\nA;5"
    with pytest.raises(UnreadableFile, match="“Ngày giao dịch”, “Ghi có”, “Nội dung”"):
        read_bank(table)
    with pytest.raises(UnreadableFile, match="“Mã vận đơn”, “Tiền thu hộ”, “Ngày trả tiền”"):
        read_carrier(table)
    with pytest.raises(UnreadableFile, match="“Số tham chiếu”, “Trạng thái”"):
        list(read_rows(table))


def test_what_cannot_be_stored_is_taken_out_of_the_cells() -> None:
    (row,) = read_bank(bank_csv("25/11/2026;FT\x001;;1.000;a\x00\x07b"))
    assert (row.reference, row.memo) == ("FT 1", "a  b")


def test_two_equal_movements_of_a_day_are_two() -> None:
    first, second = read_bank(bank_csv(*["25/11/2026;;;1.000;x"] * 2))
    assert first.digest != second.digest


def test_a_carriers_list_and_its_line_of_totals() -> None:
    row, bad, total = read_carrier(
        xlsx(
            ["Mã vận đơn", "Tiền thu hộ", "Phí", "Ngày trả tiền"],
            ["VTP1", 150_000, 9_000, "25/11/2026"],
            ["VTP2", 1_000, 9_000, "25/11/2026"],
            ["", 151_000, 18_000, ""],
        )
    )
    assert (row.reference, row.amount, row.fee) == ("VTP1", 150_000, 9_000)
    assert bad.error and total.error


BOMB_XML = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y"><!ENTITY z "&x;&x;">]><a>&z;</a>'


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"a;b\n1;2",
        b"PK\x03\x04 not a zip",
        xlsx(["Tên", "Tuổi"]),
        BOMB_XML,
        b"<a/>",
        b"<a",
        bank_csv(*["25/11/2026;;;1.000;x"] * 20_001),
    ],
    ids=[
        "empty",
        "bytes",
        "other-table",
        "no-zip",
        "other-sheet",
        "entities",
        "other-xml",
        "half-xml",
        "long",
    ],
)
def test_what_is_no_statement_is_said(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_bank(content)


@pytest.mark.parametrize("make", [bomb, far_cell])
def test_files_that_grow_are_refused(make: Any) -> None:
    with pytest.raises(UnreadableFile):
        read_bank(make())

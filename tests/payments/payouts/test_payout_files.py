"""What the bank gets: a spreadsheet, pain.001 by its published schema, and VietQR codes."""

import io
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
import sepaxml
import xmlschema
from django.conf import settings
from openpyxl import load_workbook

from payments.payouts.by_hand import qr_payload
from payments.payouts.files.sheet import COLUMNS
from payments.payouts.models import Payout, PayoutBatch
from payments.providers.vietqr import payload
from tests.payments.payouts.farms import NOW, approved, arrived, give_account, hold, make_seller

pytestmark = pytest.mark.django_db
SCHEMA = Path(sepaxml.__file__).parent / "schemas" / "pain.001.001.03.xsd"
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"}


@pytest.fixture
def batch() -> PayoutBatch:
    hold()
    for goods in (100_000, 70_000):
        arrived(make_seller(), goods)
    return approved()


def content(batch: PayoutBatch, form: str) -> bytes:
    return bytes(batch.files.get(form=form).content)


def tree(batch: PayoutBatch) -> ElementTree.Element:
    return ElementTree.fromstring(content(batch, "xml"))


def texts(root: ElementTree.Element, path: str) -> list[Any]:
    return [found.text for found in root.iterfind(path, NAMES)]


class TestPain:
    def test_is_valid_by_the_published_schema(self, batch: PayoutBatch) -> None:
        xmlschema.XMLSchema(SCHEMA).validate(content(batch, "xml").decode())

    def test_names_each_seller_by_account_bin_and_reference(self, batch: PayoutBatch) -> None:
        payouts = list(batch.payouts.order_by("partner"))
        transfer = "p:CstmrCdtTrfInitn/p:PmtInf/p:CdtTrfTxInf/"
        root = tree(batch)
        assert texts(root, transfer + "p:PmtId/p:EndToEndId") == [one.reference for one in payouts]
        assert texts(root, transfer + "p:CdtrAcct/p:Id/p:Othr/p:Id") == [one.number for one in payouts]
        bank = transfer + "p:CdtrAgt/p:FinInstnId/p:ClrSysMmbId/p:MmbId"
        assert texts(root, bank) == ["970436", "970436"]

    def test_sums_whole_dong(self, batch: PayoutBatch) -> None:
        root = tree(batch)
        assert texts(root, "p:CstmrCdtTrfInitn/p:GrpHdr/p:CtrlSum") == [str(batch.total)]
        assert texts(root, "p:CstmrCdtTrfInitn/p:PmtInf/p:NbOfTxs") == ["2"]
        amounts = list(root.iterfind(".//p:InstdAmt", NAMES))
        assert {amount.get("Ccy") for amount in amounts} == {"VND"}
        assert sum(int(amount.text or 0) for amount in amounts) == batch.total

    def test_is_to_be_paid_on_the_day_of_approval_in_vietnam(self, batch: PayoutBatch) -> None:
        assert texts(tree(batch), ".//p:ReqdExctnDt") == [NOW.date().isoformat()]

    def test_a_name_cannot_break_out_of_its_element(self) -> None:
        hold()
        farm = make_seller()
        farm.payout_accounts.all().delete()
        give_account(farm, holder="A & <B>")
        arrived(farm)
        batch = approved()
        xmlschema.XMLSchema(SCHEMA).validate(content(batch, "xml").decode())
        assert texts(tree(batch), ".//p:Cdtr/p:Nm") == ["A & <B>"]


class TestTheSheet:
    def test_has_the_documented_columns_and_the_total(self, batch: PayoutBatch) -> None:
        sheet = load_workbook(io.BytesIO(content(batch, "xlsx"))).worksheets[0]
        head, first, _second, totals = [[cell.value for cell in row] for row in sheet.iter_rows()]
        payout = batch.payouts.order_by("partner").first()
        assert payout is not None
        assert head == [column.title for column in COLUMNS]
        assert first[1:7] == [
            payout.reference,
            payout.number,
            "DIEU TAM",
            "Vietcombank",
            "970436",
            payout.amount,
        ]
        assert totals[6] == batch.total

    def test_keeps_the_first_zero_of_an_account_and_adds_numbers(self, batch: PayoutBatch) -> None:
        sheet = load_workbook(io.BytesIO(content(batch, "xlsx"))).worksheets[0]
        number, amount = sheet.cell(2, 3), sheet.cell(2, 7)
        assert str(number.value).startswith("0") and number.data_type == "s"
        assert amount.data_type == "n"


class TestByHand:
    def test_the_code_pays_the_seller_that_amount_with_the_reference(self, batch: PayoutBatch) -> None:
        payout = batch.payouts.first()
        assert payout is not None
        code = payload.parse(qr_payload(payout) or "")
        assert (code.bank_bin, code.account, code.amount, code.purpose) == (
            payout.bank_bin,
            payout.number,
            payout.amount,
            payout.reference,
        )

    def test_more_than_one_transfer_carries_has_no_code(self) -> None:
        assert qr_payload(Payout(amount=500_000_000, bank_bin="970436", number="1", reference="X")) is None


def test_the_paying_account_is_the_one_of_the_settings(batch: PayoutBatch) -> None:
    assert (batch.bank_bin, batch.account) == (settings.BANK_BIN, settings.BANK_ACCOUNT)
    assert texts(tree(batch), ".//p:DbtrAcct/p:Id/p:Othr/p:Id") == [settings.BANK_ACCOUNT]

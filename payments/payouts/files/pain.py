"""A batch as ISO 20022 pain.001.001.03 (CustomerCreditTransferInitiation).

Vietnamese accounts have no IBAN, so they are named under Othr; banks are named by their NAPAS BIN as member of the
clearing system. VND has no minor unit: amounts are whole numbers.
"""

from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from django.utils import timezone

from payments.payouts.models import Payout, PayoutBatch

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.03"
CLEARING_SYSTEM = "NAPAS"


def pain(batch: PayoutBatch) -> bytes:
    """The batch has to be approved: the day of approval is the one on which the bank is to pay."""
    payouts = list(batch.on_the_file())
    document = Element("Document", xmlns=NAMESPACE)
    initiation = SubElement(document, "CstmrCdtTrfInitn")
    _header(SubElement(initiation, "GrpHdr"), batch, payouts)
    information = SubElement(initiation, "PmtInf")
    _debtor(information, batch, payouts)
    for payout in payouts:
        _transfer(SubElement(information, "CdtTrfTxInf"), payout)
    content: bytes = tostring(document, encoding="UTF-8", xml_declaration=True)
    return content


def _header(header: Element, batch: PayoutBatch, payouts: Sequence[Payout]) -> None:
    assert batch.approved_at is not None
    _put(header, "MsgId", batch.reference)
    _put(header, "CreDtTm", timezone.localtime(batch.approved_at).isoformat(timespec="seconds"))
    _sums(header, payouts)
    _put(header, "InitgPty/Nm", batch.account_name)


def _debtor(information: Element, batch: PayoutBatch, payouts: Sequence[Payout]) -> None:
    assert batch.approved_at is not None
    _put(information, "PmtInfId", batch.reference)
    _put(information, "PmtMtd", "TRF")
    _sums(information, payouts)
    _put(information, "ReqdExctnDt", timezone.localdate(batch.approved_at).isoformat())
    _put(information, "Dbtr/Nm", batch.account_name)
    _put(information, "DbtrAcct/Id/Othr/Id", batch.account)
    _put(information, "DbtrAcct/Ccy", "VND")
    _bank(information, "DbtrAgt", batch.bank_bin)


def _transfer(transfer: Element, payout: Payout) -> None:
    _put(transfer, "PmtId/InstrId", payout.reference)
    _put(transfer, "PmtId/EndToEndId", payout.reference)
    _put(transfer, "Amt/InstdAmt", str(payout.amount)).set("Ccy", "VND")
    _bank(transfer, "CdtrAgt", payout.bank_bin)
    _put(transfer, "Cdtr/Nm", payout.holder)
    _put(transfer, "CdtrAcct/Id/Othr/Id", payout.number)
    _put(transfer, "CdtrAcct/Ccy", "VND")
    _put(transfer, "RmtInf/Ustrd", payout.reference)


def _sums(parent: Element, payouts: Sequence[Payout]) -> None:
    _put(parent, "NbOfTxs", str(len(payouts)))
    _put(parent, "CtrlSum", str(sum(payout.amount for payout in payouts)))


def _bank(parent: Element, role: str, bank_bin: str) -> None:
    _put(parent, f"{role}/FinInstnId/ClrSysMmbId/ClrSysId/Prtry", CLEARING_SYSTEM)
    _put(parent, f"{role}/FinInstnId/ClrSysMmbId/MmbId", bank_bin)


def _put(parent: Element, path: str, text: str) -> Element:
    """Set the text at ``path``, making what is missing of it; elements stand in the order they were put."""
    for name in path.split("/"):
        found = parent.find(name)
        parent = SubElement(parent, name) if found is None else found
    parent.text = text
    return parent

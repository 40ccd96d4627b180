"""Accounts by what they are for. The first use makes the row; two first uses at once make one."""

from django.db.models import Sum

from farmers.partner.models import Partner
from payments.ledger.models import Account, Line

Kind = Account.Kind


def clearing(rail: str) -> Account:
    return _account(Kind.CLEARING, rail=rail)


def cash_in_transit(carrier: str) -> Account:
    return _account(Kind.CASH_IN_TRANSIT, carrier=carrier)


def seller_payable(partner: Partner) -> Account:
    return _account(Kind.SELLER_PAYABLE, partner=partner)


def of_market(kind: Account.Kind) -> Account:
    """One of those that the market has only one of: bank, withheld tax, commission income, …"""
    return _account(kind)


def balance(account: Account) -> int:
    """đồng, as the account stands: for what we owe the sum is negative, for what we hold positive."""
    total: int = Line.objects.filter(account=account).aggregate(total=Sum("amount", default=0))["total"]
    return total


def owed_to(partner: Partner) -> int:
    """đồng that the market owes the seller now; negative: the seller owes the market."""
    return -balance(seller_payable(partner))


def _account(
    kind: Account.Kind, *, rail: str = "", carrier: str = "", partner: Partner | None = None
) -> Account:
    account, _created = Account.objects.get_or_create(kind=kind, rail=rail, carrier=carrier, partner=partner)
    return account

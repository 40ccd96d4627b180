"""PostgreSQL refuses books that do not balance and every change of them, whoever asks and however."""

from collections.abc import Callable

import pytest
from django.db import Error, connection, transaction
from django.utils import timezone

from payments.ledger.accounts import clearing, of_market, seller_payable
from payments.ledger.models import Account, Entry, Line
from payments.ledger.posting import Leg, post
from tests.factories import anh_tam, htx_dong_phu
from tests.payments.desk.people import chi_thu

pytestmark = pytest.mark.django_db(transaction=True)
Kind = Account.Kind


def entry_of(amount: int = 5_000) -> Entry:
    legs = [Leg(of_market(Kind.BANK), amount), Leg(of_market(Kind.BUYER_CREDIT), -amount)]
    with transaction.atomic():
        return post(key="e", kind=Entry.Kind.CASH_REMITTED, occurred_at=timezone.now(), lines=legs)


def run(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


NEW_ENTRY = (
    "INSERT INTO ledger_entry (key, kind, occurred_at, created_at, memo) "
    "VALUES ('raw', 'rail_settled', now(), now(), '')"
)


NEW_MEMORANDUM = (
    "INSERT INTO ledger_entry (key, kind, occurred_at, created_at, memo, actor_id) "
    "SELECT 'raw', 'memorandum', now(), now(), 'x', id FROM accounts_user"
)


def new_line(amount: int, kind: str = "bank", key: str = "raw") -> str:
    return (
        "INSERT INTO ledger_line (entry_id, account_id, amount) "
        f"SELECT e.id, a.id, {amount} FROM ledger_entry e, ledger_account a "
        f"WHERE e.key = '{key}' AND a.kind = '{kind}'"
    )


def test_an_entry_that_sums_to_0_is_taken_from_raw_sql() -> None:
    run(NEW_ENTRY, new_line(7), new_line(-7, "rounding"))
    assert list(Line.objects.values_list("amount", flat=True)) == [7, -7]


@pytest.mark.parametrize(
    "lines", [(), (new_line(7),), (new_line(7), new_line(-6, "rounding"))], ids=["none", "one", "unequal"]
)
def test_an_entry_that_does_not_balance_is_refused_at_commit(lines: tuple[str, ...]) -> None:
    with pytest.raises(Error, match="lines that sum to"):
        run(NEW_ENTRY, *lines)
    assert not Entry.objects.exists()


def test_only_a_memorandum_moves_nothing() -> None:
    chi_thu()
    run(NEW_MEMORANDUM)
    assert not Entry.objects.get().lines.exists()


def test_a_memorandum_with_lines_is_refused_at_commit() -> None:
    chi_thu()
    with pytest.raises(Error, match="lines that sum to"):
        run(NEW_MEMORANDUM, new_line(7), new_line(-7, "rounding"))
    assert not Entry.objects.exists()


def test_no_lines_join_an_entry_of_another_transaction_even_when_they_balance() -> None:
    entry_of()
    with pytest.raises(Error, match="written before"):
        run(new_line(7, "rounding", "e"), new_line(-7, "provider_fees", "e"))


def test_the_transaction_that_wrote_an_entry_cannot_be_pretended() -> None:
    entry_of()
    with pytest.raises(Error, match="refused"):
        run("UPDATE ledger_entry SET written_in = txid_current()", new_line(7, "rounding", "e"))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_line SET amount = -amount",
        "UPDATE ledger_entry SET memo = 'other'",
        "DELETE FROM ledger_line",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_line",
        "TRUNCATE ledger_entry CASCADE",
        "TRUNCATE order_order CASCADE",
    ],
)
def test_nothing_written_is_changed_or_removed(statement: str) -> None:
    entry_of()
    with pytest.raises(Error, match="refused"):
        run(statement)
    assert Line.objects.count() == 2


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_account SET partner_id = {other} WHERE partner_id IS NOT NULL",
        "UPDATE ledger_account SET kind = 'rounding', partner_id = NULL WHERE partner_id IS NOT NULL",
        "UPDATE ledger_account SET kind = 'cash_in_transit', carrier = 'GHN' WHERE kind = 'bank'",
        "UPDATE ledger_account SET rail = 'momo' WHERE rail = 'vietqr'",
        "UPDATE ledger_account SET id = id + 1000 WHERE kind = 'rounding'",
        "DELETE FROM ledger_account WHERE kind = 'rounding'",
        "TRUNCATE ledger_account CASCADE",
    ],
    ids=["seller", "kind", "carrier", "rail", "id", "removed", "emptied"],
)
def test_no_account_becomes_anothers(statement: str) -> None:
    """Not even one without lines yet: whoever has it in hand writes them next."""
    seller_payable(anh_tam())
    clearing("vietqr")
    before = list(Account.objects.values_list().order_by("pk"))
    with pytest.raises(Error, match="refused"):
        run(statement.format(other=htx_dong_phu().pk))
    assert list(Account.objects.values_list().order_by("pk")) == before


def test_a_sellers_debt_is_written_on_the_account() -> None:
    account, now = seller_payable(anh_tam()), timezone.now()
    account.debt_since = now
    account.save()
    assert Account.objects.get(pk=account.pk).debt_since == now


@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.lines.update(amount=1),
        lambda entry: entry.lines.all().delete(),
    ],
    ids=["save", "update", "delete"],
)
def test_django_cannot_change_it_either(change: Callable[[Entry], object]) -> None:
    entry = entry_of()
    with pytest.raises(Error, match="refused"):
        change(entry)

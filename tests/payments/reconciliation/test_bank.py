"""The bank's rows settle our transfers, each exactly once; whatever does not fit waits for a person."""

import html
import re
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.outbox.delivery import deliver_due
from payments.audit.services import find_differences
from payments.desk import corrections
from payments.desk.models import DeskAction
from payments.ledger.accounts import balance, clearing, of_market
from payments.ledger.models import Account
from payments.ledger.postings import money_received
from payments.models import Notification, Payment, Transfer
from payments.reconciliation import statements
from payments.reconciliation.bank_resolving import settle_as_rail, take_in
from payments.reconciliation.exceptions import AlreadyBroughtIn, AlreadySettled, NotThatWay
from payments.reconciliation.models import Item, Statement
from payments.reconciliation.resolving import agree, explain
from payments.reconciliation.statements import apply_statement, bring_in
from tests.payments.desk.people import chi_hoa, chi_thu, post, signed_in, text, transfer_of
from tests.payments.orders import TOTAL, bank_says, make_payment, notify, reread
from tests.payments.reconciliation.files import applied, bank_csv, camt, camt_entry, outcomes, row_of
from tests.threads import together

pytestmark = pytest.mark.django_db
TODAY = f"{timezone.localdate():%d/%m/%Y}"


def on_the_account() -> tuple[int, int]:
    return balance(of_market(Account.Kind.BANK)), balance(clearing("vietqr"))


def test_a_row_settles_its_transfer() -> None:
    transfer = transfer_of(make_payment().reference)
    statement = applied(bank_csv(row_of(transfer)))
    row = statement.rows.get()
    assert (row.outcome, row.transfer) == ("matched", transfer)
    assert row.entry is not None and row.entry.kind == "rail_settled"
    assert on_the_account() == (TOTAL, 0)
    assert find_differences() == []


def test_the_code_in_the_memo_is_enough_where_the_bank_gives_another_number() -> None:
    transfer = transfer_of(make_payment().reference)
    applied(bank_csv(row_of(transfer, reference="SO-KHAC")))
    assert on_the_account() == (TOTAL, 0)


def test_an_amount_alone_never_is() -> None:
    transfer = transfer_of(make_payment().reference)
    statement = applied(bank_csv(row_of(transfer, reference="SO-KHAC", memo="chuyen tien")))
    assert outcomes(statement) == ["differs"]
    assert on_the_account() == (0, TOTAL)


def test_money_of_another_account_is_no_row_of_ours() -> None:
    transfer = transfer_of("tien cua ai do", accountNumber="88888888")
    assert outcomes(applied(bank_csv(row_of(transfer)))) == ["differs"]
    assert on_the_account() == (0, 0)


def test_another_amount_waits_for_a_person() -> None:
    transfer = transfer_of(make_payment().reference)
    applied(bank_csv(row_of(transfer, credit="149.000")))
    item = Item.objects.get()
    assert (item.finding, item.our_amount, item.their_amount) == ("amount_differs", TOTAL, 149_000)
    assert (item.reference, item.payment) == (transfer.bank_reference, transfer.payment)
    url = reverse("desk:item_resolve", args=[item.pk, "nhan-tien"])
    assert url not in text(signed_in(chi_thu()), "desk:item", item.pk)
    with pytest.raises(NotThatWay, match="số tiền khác"):
        take_in(item, account=settings.BANK_ACCOUNT, by=chi_thu())
    assert Transfer.objects.get() == transfer


def test_what_a_rail_paid_out_is_of_a_rail_that_a_person_has_named(settings: Any) -> None:
    settings.PAYMENT_RAILS = ["vietqr", "momo", "cash_on_delivery"]
    applied(bank_csv(f"{TODAY};FT9;;{TOTAL};MOMO QUYET TOAN"))
    item, client = Item.objects.get(), signed_in(chi_thu())
    offered = re.findall(r'<option value="(\w*)"', text(client, "desk:item", item.pk))
    assert offered[:2] == ["", "momo"] and not {"vietqr", "cash_on_delivery"} & {*offered}
    for rail in ("", "vietqr"):
        assert post(client, "desk:item_resolve", item.pk, "cong-tra", rail=rail, fee="0").status_code == 422
    item.refresh_from_db()
    assert item.is_open


@pytest.mark.parametrize("changes", [{"reference": ""}, {"reference": "SO-KHAC"}, {"at": "01/02/2026"}])
def test_another_amount_without_the_banks_number_at_its_time_is_another_movement(
    changes: dict[str, str],
) -> None:
    transfer = transfer_of(make_payment().reference)
    applied(bank_csv(row_of(transfer, credit="149.000", **changes)))
    assert Item.objects.get(row__isnull=False).finding == "missing_here"


def test_a_number_that_two_transfers_have_names_neither() -> None:
    transfers = [transfer_of(make_payment().reference, amount) for amount in (TOTAL, TOTAL + 1)]
    Transfer.objects.update(bank_reference="FT1")
    applied(bank_csv(row_of(transfers[0], credit="149.000", reference="FT1")))
    assert Item.objects.get().finding == "missing_here"


def test_the_same_file_twice_is_told_and_counts_once() -> None:
    content = bank_csv(row_of(transfer_of(make_payment().reference)))
    first = applied(content)
    with pytest.raises(AlreadyBroughtIn) as told:
        bring_in(kind="bank", name="lan-hai.csv", content=content, by=chi_hoa())
    assert told.value.args == (first.pk,)
    with pytest.raises(AlreadySettled):
        apply_statement(first, by=chi_hoa())
    assert on_the_account() == (TOTAL, 0)


def test_a_movement_in_two_overlapping_statements_counts_once() -> None:
    transfer, unknown = transfer_of(make_payment().reference), f"{TODAY};FT9;;5.000;khong biet"
    applied(bank_csv(row_of(transfer), unknown))
    again = applied(bank_csv(unknown, row_of(transfer), f"{TODAY};FT8;;6.000;moi"))
    assert outcomes(again) == ["repeated", "repeated", "differs"]
    assert on_the_account() == (TOTAL, 0)
    assert Item.objects.count() == 2


def test_two_equal_rows_do_not_settle_one_transfer_twice() -> None:
    transfer = transfer_of(make_payment().reference)
    statement = applied(bank_csv(row_of(transfer), row_of(transfer)))
    assert outcomes(statement) == ["matched", "differs"]
    assert on_the_account() == (TOTAL, 0)


def test_nothing_happens_before_a_person_applies_it() -> None:
    transfer = transfer_of(make_payment().reference)
    kept = bring_in(kind="bank", name="x.csv", content=bank_csv(row_of(transfer)), by=chi_thu())
    assert outcomes(kept) == ["waiting"]
    assert on_the_account() == (0, TOTAL)


def test_rows_that_cannot_be_read_are_kept_and_shown() -> None:
    statement = applied(bank_csv("hôm qua;FT1;;1.000;x", f"{TODAY};FT2;7.000;;da chi"))
    assert outcomes(statement) == ["unreadable", "differs"]
    page = text(signed_in(chi_thu()), "desk:statement", statement.pk)
    assert "hôm qua" in page and "FT1" in page


def test_money_that_the_bank_only_expects_is_not_there_until_it_is_booked() -> None:
    memo = make_payment().reference
    transfer = transfer_of(memo)
    entry = {"amount": str(TOTAL), "memo": memo, "reference": transfer.bank_reference}
    expected = applied(camt(camt_entry(**entry, state="<Sts>PDNG</Sts>")), name="a.xml")
    assert outcomes(expected) == ["unused"]
    assert on_the_account() == (0, TOTAL)
    page = text(signed_in(chi_thu()), "desk:statement", expected.pk)
    assert memo in page and "PDNG" in page
    assert outcomes(applied(camt(camt_entry(**entry)), name="b.xml")) == ["matched"]
    assert on_the_account() == (TOTAL, 0)


@pytest.mark.parametrize(
    "row",
    [f"{TODAY};FT1;;{'một triệu ' * 90};x", "01/01/0001;FT1;;1.000;x", f"{TODAY};FT1;;x\x00y;z\x00"],
    ids=["long amount", "far-off day", "NUL"],
)
def test_a_bad_row_is_kept_and_can_be_found(row: str) -> None:
    statement = applied(bank_csv(row, *[f"{TODAY};FT26327{n};;{n};ok" for n in range(1, 4)]))
    assert outcomes(statement) == ["unreadable", "differs", "differs", "differs"]
    page = text(signed_in(chi_thu()), "desk:statement", statement.pk, loai="unreadable")
    assert statement.rows.get(line=3).error in html.unescape(page)
    assert "FT263272" not in page


def test_the_rows_of_one_kind_go_on_over_the_page() -> None:
    kept = bring_in(kind="bank", name="x.csv", content=bank_csv(*["hôm qua;;;1;x"] * 201), by=chi_thu())
    page = text(signed_in(chi_thu()), "desk:statement", kept.pk, loai="unreadable")
    assert "?loai=unreadable&amp;trang=2" in page


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_file_brought_in_by_many_at_once_is_one_statement() -> None:
    content, person = bank_csv(f"{TODAY};FT1;;1.000;x"), chi_thu()
    results = together([lambda: bring_in(kind="bank", name="a.csv", content=content, by=person)] * 4)
    kept = Statement.objects.get()
    assert sorted(type(result).__name__ for result in results) == ["AlreadyBroughtIn"] * 3 + ["Statement"]
    assert {result.args for result in results if isinstance(result, AlreadyBroughtIn)} == {(kept.pk,)}


def test_a_file_of_the_wrong_kind_is_set_aside_and_comes_again_as_what_it_is() -> None:
    content, client = bank_csv(row_of(transfer_of(make_payment().reference))), signed_in(chi_thu())
    wrong = bring_in(kind="bank", name="a.csv", content=content, by=chi_thu())
    assert reverse("desk:statement_discard", args=[wrong.pk]) in text(client, "desk:statement", wrong.pk)
    post(client, "desk:statement_discard", wrong.pk)
    action = DeskAction.objects.get()
    assert (action.kind, action.actor, action.subject) == ("statement_discarded", chi_thu(), "a.csv")
    post(client, "desk:statement_apply", wrong.pk)
    assert (outcomes(wrong), on_the_account()) == (["waiting"], (0, TOTAL))
    right = applied(content)
    post(client, "desk:statement_discard", right.pk)
    assert set(Statement.objects.values_list("state", flat=True)) == {"applied", "discarded"}
    assert on_the_account() == (TOTAL, 0)


def test_a_long_statement_goes_on_in_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(statements, "ROWS_AT_ONCE", 2)
    rows = [f"{TODAY};FT{n};;{n};la" for n in range(1, 6)]
    kept = bring_in(kind="bank", name="x.csv", content=bank_csv(*rows), by=chi_thu())
    client = signed_in(chi_thu())
    post(client, "desk:statement_apply", kept.pk)
    kept.refresh_from_db()
    assert (kept.state, outcomes(kept)) == ("applying", ["differs"] * 2 + ["waiting"] * 3)
    assert 'http-equiv="refresh"' in text(client, "desk:statement", kept.pk)
    with pytest.raises(AlreadySettled):
        apply_statement(kept, by=chi_hoa())
    statements.apply_rest({"statement": kept.pk})
    deliver_due()
    kept.refresh_from_db()
    assert (kept.state, kept.applied_by, outcomes(kept)) == ("applied", chi_thu(), ["differs"] * 5)
    statements.apply_rest({"statement": kept.pk})
    assert Item.objects.count() == 5


def test_camt_settles_as_well() -> None:
    payment = make_payment()
    transfer_of(payment.reference)
    applied(camt(camt_entry(str(TOTAL), f"x {payment.reference} y")), name="a.xml")
    assert on_the_account() == (TOTAL, 0)


class TestACreditThatNobodyToldUsOf:
    def item(self, memo: str, amount: int = TOTAL) -> Item:
        applied(bank_csv(f"{TODAY};FT77;;{amount};{memo}"))
        return Item.objects.get()

    def test_pays_the_order_whose_code_it_carries_once_a_person_takes_it_in(self) -> None:
        payment = make_payment()
        item = self.item(f"tra {payment.reference}")
        post(signed_in(chi_thu()), "desk:item_resolve", item.pk, "nhan-tien")
        item.refresh_from_db()
        assert reread(payment).state == Payment.State.CONFIRMED
        assert (item.state, item.resolved_by) == ("resolved", chi_thu())
        assert item.entry is not None
        assert on_the_account() == (TOTAL, 0)
        assert DeskAction.objects.get(kind="item_resolved").entry == item.entry
        assert find_differences() == []

    @pytest.mark.parametrize(("number", "transfers"), [("FT77", 1), ("FT78", 2), ("", 1)])
    def test_its_notifier_may_tell_of_it_later(self, client: Client, number: str, transfers: int) -> None:
        payment = make_payment()
        take_in(self.item(payment.reference), account=settings.BANK_ACCOUNT, by=chi_thu())
        notify(client, bank_says(payment.reference, referenceCode=number))
        deliver_due()
        assert Transfer.objects.count() == transfers
        assert Notification.objects.filter(provider="sepay").get().payment == payment
        assert reread(payment).received == transfers * TOTAL
        assert find_differences() == []

    def test_a_notice_without_number_or_code_is_known_by_its_words(self, client: Client) -> None:
        take_in(self.item("tien hang chi Ba"), account=settings.BANK_ACCOUNT, by=chi_thu())
        for memo in ("tien hang chi Ba", "tien hang chi Tu"):
            notify(client, bank_says("", content=memo, referenceCode=""))
        deliver_due()
        assert sorted(Transfer.objects.values_list("content", flat=True)) == [
            "tien hang chi Ba",
            "tien hang chi Tu",
        ]
        assert find_differences() == []

    def test_without_a_code_joins_the_transfers_of_no_order(self) -> None:
        take_in(self.item("chuyen tien"), account="0", by=chi_thu())
        assert Transfer.objects.to_settle().get().amount == TOTAL
        assert find_differences() == []

    def test_can_be_what_a_rail_paid_out_of_what_it_held(self) -> None:
        item = self.item("VNPAY TT", 97_000)
        money_received(None, rail="vnpay", amount=100_000, key="vnpay:x", occurred_at=timezone.now())
        with pytest.raises(NotThatWay):
            settle_as_rail(item, rail="vnpay", fee=3_001, by=chi_thu())
        assert balance(clearing("vnpay")) == 100_000
        settle_as_rail(item, rail="vnpay", fee=3_000, by=chi_thu())
        assert balance(clearing("vnpay")) == 0
        assert balance(of_market(Account.Kind.PROVIDER_FEES)) == 3_000
        assert balance(of_market(Account.Kind.BANK)) == 97_000

    def test_that_is_more_than_the_rail_held_is_its_payout_after_a_correction(self) -> None:
        """As docs/operators/README.md says: it took money that we never heard of."""
        item = self.item("VNPAY TT", 97_000)
        money_received(None, rail="vnpay", amount=60_000, key="vnpay:x", occurred_at=timezone.now())
        before = find_differences()
        credit = of_market(Account.Kind.BUYER_CREDIT)
        proposed = corrections.propose(
            debit=clearing("vnpay"),
            credit=credit,
            amount=40_000,
            memo="VNPAY 14226112",
            token=uuid4(),
            by=chi_thu(),
        )
        corrections.approve(proposed, by=chi_hoa())
        settle_as_rail(item, rail="vnpay", fee=3_000, by=chi_thu())
        assert (balance(clearing("vnpay")), balance(of_market(Account.Kind.BANK))) == (0, 97_000)
        named = {difference.check for difference in before} - {"rails_report_the_same"}
        assert {difference.check for difference in find_differences()} == named

    def test_is_settled_once(self) -> None:
        item = self.item("von gop")
        agree(explain(item, words="Vốn góp, bút toán 7", by=chi_thu()), by=chi_hoa())
        for again in (
            lambda: explain(item, words="nữa", by=chi_hoa()),
            lambda: take_in(item, account="0", by=chi_hoa()),
            lambda: settle_as_rail(item, rail="vnpay", fee=0, by=chi_hoa()),
        ):
            with pytest.raises(AlreadySettled):
                again()
        assert not Transfer.objects.exists()

    def test_its_page_refuses_a_note_without_words(self) -> None:
        item, client = self.item("x"), signed_in(chi_thu())
        assert post(client, "desk:item_resolve", item.pk, "ghi-chu", words="").status_code == 422
        assert post(client, "desk:item_resolve", item.pk, "khac").status_code == 404
        assert Item.objects.get().state == "open"


def upload(client: Any, content: bytes, **said: str) -> Any:
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("sk.csv", content)
    return post(client, "desk:statement_upload", file=file, **{"kind": "bank", **said})


def test_the_desk_leads_from_a_file_to_the_books() -> None:
    transfer, client = transfer_of(make_payment().reference), signed_in(chi_thu())
    content = bank_csv(row_of(transfer))
    answer = upload(client, content)
    statement = Statement.objects.get()
    assert answer["Location"].endswith(f"/{statement.pk}/")
    assert upload(client, content)["Location"] == answer["Location"]
    post(client, "desk:statement_apply", statement.pk)
    assert on_the_account() == (TOTAL, 0)
    assert transfer.payment.reference in text(client, "desk:statement", statement.pk)
    assert "sk.csv" in text(client, "desk:statements")


@pytest.mark.parametrize(
    ("content", "said", "field"),
    [(b"a,b\n1,2", {}, "file"), (bank_csv(), {"kind": "carrier"}, "carrier")],
)
def test_the_desk_says_why_a_file_is_of_no_use(content: bytes, said: dict[str, str], field: str) -> None:
    answer = upload(signed_in(chi_thu()), content, **said)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Statement.objects.exists()

"""The desk calls things by their names: no code of a check, a rail, a job or an account is on its pages."""

import html
import inspect
import re
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from marketplace.outbox.delivery import deliver_due
from marketplace.outbox.models import Job
from payments.audit import checks, parcels, payouts, rails
from payments.audit.differences import TOLD_BY_OTHERS
from payments.audit.models import Audit
from payments.audit.services import audit
from payments.audit.words import NAMES, in_words
from payments.desk import jobs, settling
from payments.desk.models import DeskAction
from payments.ledger.accounts import cash_in_transit, clearing
from payments.ledger.models import Account, Entry
from payments.ledger.postings import money_received
from payments.reconciliation.models import Item
from tests.payments.desk.people import chi_thu, post, signed_in, text
from tests.payments.reconciliation.files import applied, bank_csv
from tests.payments.reconciliation.test_missing_there import days_ago

pytestmark = pytest.mark.django_db


def page(name: str, *args: Any) -> str:
    return html.unescape(text(signed_in(chi_thu()), name, *args))


def codes_of_checks() -> set[str]:
    """As the modules of the audit name them when they find something."""
    written = "".join(inspect.getsource(module) for module in (checks, parcels, payouts, rails))
    return {TOLD_BY_OTHERS, *re.findall(r'(?:Difference|compare|_per_parcel)\(\s*"(\w+)"', written)}


class TestTheAudit:
    def test_has_a_name_for_every_check(self) -> None:
        assert len(codes_of_checks()) >= len(checks.CHECKS)
        assert codes_of_checks() == set(NAMES)

    def test_is_told_in_words_and_kept_by_its_codes(self) -> None:
        applied(bank_csv(f"{days_ago(0)};FTMOMO;;1.000.000;vi dien tu"))
        kept = audit().differences
        assert [(one["check"], one["subject"]) for one in kept] == [(TOLD_BY_OTHERS, "bank FTMOMO")]
        shown = page("desk:home")
        assert "sao kê ngân hàng FTMOMO" in shown
        assert "Cổng thanh toán, ngân hàng và hãng vận chuyển báo đúng như sổ" in shown
        assert TOLD_BY_OTHERS not in shown and "bank FTMOMO" not in shown

    @pytest.mark.parametrize(
        ("check", "subject", "words"),
        [
            (TOLD_BY_OTHERS, "momo", "Ví MoMo"),
            (TOLD_BY_OTHERS, "momo BP123", "Ví MoMo BP123"),
            ("orders_add_up", "order 7", "đơn hàng có số nội bộ 7"),
            ("payables_are_not_negative", "buyer_credit", str(Account.Kind.BUYER_CREDIT.label)),
            ("sellers_owe_nothing_unsaid", "Vườn Sáu", "Vườn Sáu"),
            ("a_check_of_long_ago", "bank x", "bank x"),
        ],
    )
    def test_names_what_a_difference_is_of(self, check: str, subject: str, words: str) -> None:
        [told] = in_words([{"check": check, "subject": subject, "expected": 0, "found": 1}])
        assert told.subject == words

    def test_counts_payments_without_calling_them_money(self) -> None:
        found = {"check": "paid_orders_have_one_payment", "subject": "BP1", "expected": 31, "found": 32}
        Audit.objects.create(differences=[found])
        shown = page("desk:home")
        assert ">31<" in shown and ">32<" in shown


class TestWays:
    def test_are_named_where_their_payout_is_settled(self) -> None:
        money_received(None, rail="momo", amount=9_000, key="momo:1", occurred_at=timezone.now())
        applied(bank_csv(f"{days_ago(0)};FT1;;5.000;thanh toan dot 3"))
        item = settling.settle_as_rail(Item.objects.get(), rail="momo", fee=1_000, by=chi_thu())
        assert item.resolution.replace("\xa0", " ") == "Ví MoMo trả về, phí 1.000 ₫"
        assert DeskAction.objects.get(kind="item_resolved").subject == "sao kê ngân hàng FT1"

    def test_are_named_in_accounts(self) -> None:
        assert str(clearing("vietqr")).endswith("đang giữ: Chuyển khoản bằng mã QR")
        assert str(cash_in_transit("Viettel Post")).endswith(": Viettel Post")
        assert "vietqr" not in page("desk:corrections")

    def test_are_named_in_the_diary_when_they_are_switched_off(self) -> None:
        post(signed_in(chi_thu()), "desk:rail_switch", "cash_on_delivery", reason="mưa lũ", off="on")
        assert DeskAction.objects.get().subject == "Tiền mặt khi nhận hàng"
        assert "cash_on_delivery" not in page("desk:diary")

    def test_are_named_in_what_the_books_remember(self) -> None:
        item = Item.objects.create(source="momo", finding="unreadable", reference="x")
        post(signed_in(chi_thu()), "desk:item_resolve", item.pk, "ghi-chu", words="thử máy")
        assert Entry.objects.get(kind="memorandum").memo == "Ví MoMo x: thử máy"


class TestStuckWork:
    def test_has_a_name_for_every_kind(self) -> None:
        assert set(jobs.NAMES) == set(settings.OUTBOX_HANDLERS)

    def test_is_named_with_how_often_it_was_tried(self) -> None:
        Job.objects.create(kind="nokind", key="k1")
        deliver_due()
        Job.objects.create(kind="message", key="k2", state=Job.State.PARKED, attempts=8)
        shown = page("desk:jobs")
        first, second = shown.index("k1 ·"), shown.index("k2 ·")
        assert "đã thử 1 lần" in shown[first:second] and "đã thử 8 lần" in shown[second:]
        assert "Gửi tin nhắn" in shown and ">message<" not in shown
        assert "nokind" in shown

    def test_is_named_in_the_diary(self) -> None:
        job = Job.objects.create(kind="message", key="k2", state=Job.State.PARKED, attempts=8)
        post(signed_in(chi_thu()), "desk:job_retry", job.pk)
        assert DeskAction.objects.get().subject == "Gửi tin nhắn k2"

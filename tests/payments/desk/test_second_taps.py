"""A second tap: what it chose is no longer offered, and it is told how that stands; the diary has one act."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.urls import reverse

from payments.desk import corrections
from payments.desk.models import DeskAction
from payments.ledger.accounts import of_market
from payments.ledger.models import Account
from payments.reconciliation.models import Item, Statement
from payments.reconciliation.movements import unseen
from tests.payments.desk.people import chi_hoa, chi_thu, signed_in, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.reconciliation.files import applied, bank_csv, row_of
from tests.payments.reconciliation.test_carriers import TODAY, collected, listed
from tests.payments.reconciliation.test_movements import left, paid_out

pytestmark = pytest.mark.django_db


def a_transfer() -> dict[str, object]:
    transfer = transfer_of(make_payment().reference)
    applied(bank_csv(row_of(transfer, reference="SO-KHAC", memo="chuyen tien")))
    return {"transfer": transfer.pk}


def a_carriers_list() -> dict[str, object]:
    listed([collected().tracking_number, TOTAL, 0, TODAY])
    applied(bank_csv(f"{TODAY};FT5;;{TOTAL};chuyen tien"))
    return {"statement": Statement.objects.get(kind="carrier").pk}


def payouts() -> dict[str, object]:
    applied(bank_csv(left(sum(payout.amount for payout in paid_out(80_000, 90_000)), "LO CHI TRA")))
    return {"movements": [entry.pk for entry in unseen()]}


def a_correction() -> dict[str, object]:
    applied(bank_csv(left(70_000, "tra no vay")))
    fees, bank = (of_market(kind) for kind in (Account.Kind.PROVIDER_FEES, Account.Kind.BANK))
    said = {"amount": 70_000, "memo": "Trả lãi vay", "token": uuid4()}
    proposed = corrections.propose(debit=fees, credit=bank, **said, by=chi_thu())
    corrections.approve(proposed, by=chi_hoa())
    return {"words": "Lãi vay tháng 11", "correction": proposed.pk}


@pytest.mark.parametrize(
    ("way", "before"),
    [("khop", a_transfer), ("bang-ke", a_carriers_list), ("so-sach", payouts), ("ghi-chu", a_correction)],
)
def test_is_told_that_it_is_settled(way: str, before: Callable[[], dict[str, object]]) -> None:
    said, item = before(), Item.objects.get(state="open")
    page, client = reverse("desk:item", args=[item.pk]), signed_in(chi_thu())
    for words in ("Đã xử lý xong.", "Không làm gì thêm: đã có người xử lý chỗ này."):
        answer = client.post(f"{page}{way}/", said, follow=True)
        assert answer.redirect_chain == [(page, 302)]
        assert [str(message) for message in answer.context["messages"]] == [words]
        assert answer.context["item"].state == "resolved"
    assert DeskAction.objects.filter(kind="item_resolved").count() == 1


def test_the_same_words_again_stand_once_in_the_diary() -> None:
    applied(bank_csv(left(70_000, "tra no vay")))
    item, client = Item.objects.get(), signed_in(chi_thu())
    for words in ("Lãi vay tháng 11", "Lãi vay tháng 11", "Lãi vay tháng 10"):
        client.post(reverse("desk:item_resolve", args=[item.pk, "ghi-chu"]), {"words": words})
    assert list(DeskAction.objects.order_by("pk").values_list("note", flat=True)) == [
        "Lãi vay tháng 11",
        "Lãi vay tháng 10",
    ]


def test_a_way_to_pay_is_switched_off_once() -> None:
    client = signed_in(chi_thu())
    for _ in range(2):
        client.post(reverse("desk:rail_switch", args=["vietqr"]), {"reason": "bảo trì", "off": "on"})
    assert DeskAction.objects.get().note == "bảo trì"

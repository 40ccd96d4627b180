"""Two people settle rows at once: what happens where each waits for the other, and why nobody does."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from threading import Barrier, BrokenBarrierError, Event
from typing import Any

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection, transaction
from django.utils import timezone

from marketplace.order import services as orders
from marketplace.order.models import SellerOrder
from marketplace.outbox.models import Job
from payments import services
from payments.audit.services import find_differences
from payments.locks import lock_transfer
from payments.models import Transfer
from payments.reconciliation import bank, locks
from payments.reconciliation.bank_resolving import close_if_known, take_in
from payments.reconciliation.catching_up import match_transfer
from payments.reconciliation.models import Item, Statement
from payments.reconciliation.statements import apply_statement, bring_in
from tests.payments.claims.sold import cash_order
from tests.payments.desk.people import chi_thu, transfer_of
from tests.payments.orders import TOTAL, make_payment
from tests.payments.reconciliation.files import applied, bank_csv, xlsx
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]
TODAY = f"{timezone.localdate():%d/%m/%Y}"
HEAD = ["Mã vận đơn", "Tiền thu hộ", "Phí", "Ngày trả tiền", "Trạng thái"]
A_WHILE = 0.3
"""Seconds that one waits for the other before it goes on alone."""


@pytest.fixture
def no_turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """For negative controls: each test can fail."""
    monkeypatch.setattr(locks, "take_turn", lambda: None)
    yield


def meeting(first: Callable[..., Any]) -> Callable[..., Any]:
    """``first``, after which whoever did it waits for the other, once."""
    both = Barrier(2)

    def done_together(*args: Any) -> Any:
        found = first(*args)
        with suppress(BrokenBarrierError):
            both.wait(timeout=A_WHILE)
        return found

    return done_together


class TestTwoLists:
    """The same two parcels come back, in another order on each list."""

    @pytest.fixture
    def lists(self) -> list[Statement]:
        numbers = [cash_order(to="handed_over").seller_orders.get().number for _ in range(2)]
        return [self.list_of(order) for order in (numbers, numbers[::-1])]

    def list_of(self, numbers: list[str]) -> Statement:
        content = xlsx(HEAD, *([number, 0, 0, TODAY, "Hoàn hàng"] for number in numbers))
        return bring_in(kind="carrier", carrier="Viettel Post", name="x", content=content, by=chi_thu())

    def at_once(self, lists: list[Statement], monkeypatch: pytest.MonkeyPatch) -> list[Any]:
        monkeypatch.setattr(orders, "lock_order", meeting(orders.lock_order))

        def apply(one: Statement) -> None:
            impatient()
            apply_statement(one, by=chi_thu())

        return together([partial(apply, one) for one in lists])

    def test_wait_for_each_other_as_a_whole(
        self, lists: list[Statement], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.at_once(lists, monkeypatch) == [None, None]
        assert set(Statement.objects.values_list("state", flat=True)) == {"applied"}
        assert set(SellerOrder.objects.values_list("status", flat=True)) == {"cancelled"}
        assert find_differences() == []

    @pytest.mark.usefixtures("no_turns")
    def test_without_turns_they_wait_in_a_ring(
        self, lists: list[Statement], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        results = self.at_once(lists, monkeypatch)
        assert [type(one) for one in results if one is not None] == [OperationalError]
        assert "deadlock" in str(next(filter(None, results)))


class TestTwoRowsOfOneTransfer:
    """What settles one of two like rows by a notice, while a person takes in the other, which is news by then."""

    @pytest.fixture
    def rows(self) -> list[Item]:
        """The notice came after them, and its job has not been done yet."""
        code = make_payment().reference
        for number in ("FT1", "FT2"):
            applied(bank_csv(f"{TODAY};{number};;{TOTAL};{code}"))
        with transaction.atomic():
            transfer_of(code, referenceCode="")
            Job.objects.filter(kind="match_transfer").update(state=Job.State.DONE)
        return list(Item.objects.order_by("pk"))

    def at_once(
        self, settle: Callable[[], None], news: Item, monkeypatch: pytest.MonkeyPatch
    ) -> tuple[list[Any], list[bool]]:
        """What both answer, and whether the person came to the order with the notice's transfer in hand."""
        held, chosen, settling = [], Event(), Event()

        def lock_chosen(pk: int) -> Transfer:
            """The notice has it first; the person chooses it meanwhile, where that is possible."""
            if settling.is_set():
                chosen.set()
                return lock_transfer(pk)
            found = lock_transfer(pk)
            settling.set()
            chosen.wait(timeout=A_WHILE)
            return found

        def lock_attempts(order_id: int) -> Any:
            held.append(not together([is_free])[0])
            return attempts_locked(order_id)

        def take() -> Item:
            impatient()
            settling.wait(timeout=30)
            return take_in(news, account=settings.BANK_ACCOUNT, by=chi_thu())

        attempts_locked = services.lock_attempts
        monkeypatch.setattr(bank, "lock_transfer", lock_chosen)
        monkeypatch.setattr(services, "lock_attempts", lock_attempts)
        return together([settle, take]), held

    def by_job(self) -> None:
        impatient()
        with transaction.atomic():
            match_transfer({"transfer": Transfer.objects.get().pk})

    def test_each_is_settled_by_its_own_transfer(
        self, rows: list[Item], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        answers, held = self.at_once(self.by_job, rows[1], monkeypatch)
        assert not [one for one in answers if isinstance(one, Exception)], answers
        assert held == [False]
        assert set(Item.objects.values_list("state", flat=True)) == {"resolved"}
        assert Transfer.objects.count() == 2
        assert find_differences() == []

    @pytest.mark.usefixtures("no_turns")
    def test_without_turns_the_order_comes_after_the_transfer(
        self, rows: list[Item], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _answers, held = self.at_once(partial(close_if_known, rows[0]), rows[1], monkeypatch)
        assert held == [True]

    @pytest.mark.usefixtures("no_turns")
    def test_without_turns_the_job_and_the_person_wait_in_a_ring(
        self, rows: list[Item], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The job has the transfer and looks at the second row, the person has that and wants the transfer."""
        answers, _held = self.at_once(self.by_job, rows[1], monkeypatch)
        assert OperationalError in map(type, answers)


def impatient() -> None:
    """Who waits in a ring is told of it soon."""
    with connection.cursor() as cursor:
        cursor.execute("SET deadlock_timeout = '20ms'")


def is_free() -> bool:
    """Whether nobody holds the transfer that the notice told of."""
    try:
        with transaction.atomic():
            Transfer.objects.select_for_update(nowait=True).earliest("pk")
    except DatabaseError:
        return False
    return True

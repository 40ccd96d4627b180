"""T27: a payout run to many farms at the money desk, killed in the midst of each of its steps and started again."""

import random
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from django.db import connection
from django.db.models import Model, QuerySet
from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.messaging.models import Message
from marketplace.torture.accidents.on_order import HALVES
from marketplace.torture.attacks.t27_run import KILLS, Run, batches
from marketplace.torture.findings import Finding, seen, seen_by_both
from marketplace.torture.given import farms
from marketplace.torture.market import SHELF, drain, durable_products, stock_the_market
from marketplace.torture.people.ordering import order_all
from marketplace.torture.people.signed_in import APPROVER, MAKER, hire_staff, staff_of
from marketplace.torture.rails.transfers import pay_all
from marketplace.torture.workers.processes import Worker
from payments.desk.models import DeskAction
from payments.ledger.accounts import of_market, owed_to, seller_payable
from payments.ledger.models import Account, Entry, Line
from payments.ledger.posting import Leg, post
from payments.payouts.files import WRITERS
from payments.payouts.models import Payout, PayoutBatch, PayoutFile, PayoutItem

FULL, SMALL = 500, 8
"""Farms, each with a parcel that arrived."""
HALF_PAID, HALF_SENT = 2, "send:13"
"""Farms of the negative control, and where its run is killed."""
WRITES: dict[str, type[Model]] = {
    "make": PayoutBatch,
    "fill": Payout,
    "approve": PayoutFile,
    "send": Entry,
}
"""What each step has begun to write when it is killed."""
ACTS = (DeskAction.Kind.BATCH_MADE, DeskAction.Kind.BATCH_APPROVED, DeskAction.Kind.BATCH_SENT)
"""What the diary tells of a batch, each once."""
Files = set[tuple[str, bytes]]


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Each farm is paid once what it is owed, by files that are the same after every start."""
    finding, dice = Finding("T27"), random.Random(seed)
    count = SMALL if small else FULL
    hire_staff()
    stock_the_market(SHELF + 3 * (count + HALF_PAID))
    shelf = durable_products(count + HALF_PAID)
    owed = _owed(market, shelf[:count], dice)
    run = Run(staff_of(market, MAKER), staff_of(market, APPROVER), frozenset())
    kept = _survive(finding, run)
    finding.figures |= {"farms": len(owed), "kills": len(KILLS), "total": sum(owed.values())}
    worker = Worker()
    try:
        finding.must_be("answers to two at once", run.send_together(), [302, 302])
        finding.must_be("jobs left", worker.work_off(), 0)
    finally:
        worker.kill()
    finding.must_be("batches", len(batches(run.maker)), 1)
    finding.must_be("forms to be had, of as many files", len(run.files()), len(WRITERS))
    kept |= run.files()
    _compare(finding, owed, kept)
    finding.audit()
    finding.controls["booked twice by hand"] = _booked_twice(owed, kept)
    finding.controls["without transactions"] = _without_guard(market, run, shelf[count:], dice)
    return finding


def _survive(finding: Finding, run: Run) -> Files:
    """Die at every point, and go on; the files that were written by then, after each.

    A number that a sequence gave out stays gone when its row is rolled back: it tells that the step had begun.
    """
    kept: Files = set()
    for kill in KILLS:
        written = WRITES[kill.partition(":")[0]]
        rows, numbers = written._default_manager.count(), _numbers(written)
        finding.must_be(f"survived {kill}", run.go_on(kill), False)
        finding.must_be(f"begun at {kill}", _numbers(written) > numbers, True)
        stayed = written._default_manager.count() > rows
        finding.must_be(f"something stayed of {kill}", stayed, kill.endswith(":end"))
        finding.must_be(f"files to be had after {kill}", len(run.files()), 0)
        kept |= _written(PayoutFile.objects.all())
    return kept


def _numbers(model: type[Model]) -> int:
    """That its sequence gave out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT last_value FROM pg_sequences"
            " WHERE schemaname || '.' || sequencename = pg_get_serial_sequence(%s, 'id')",
            [model._meta.db_table],
        )
        return int(cursor.fetchone()[0] or 0)


def _owed(market: str, shelf: Sequence[int], dice: random.Random) -> dict[int, int]:
    """đồng owed to each farm, by its key: one parcel each, paid by bank transfer."""
    farms.one_for_each(shelf)
    payments = order_all(market, shelf)
    pay_all(market, payments)
    drain()
    farms.deliver(payments)
    drain()
    sellers = Partner.objects.filter(stockrecords__product__in=shelf)
    return {seller.pk: owed_to(seller) for seller in sellers}


def _compare(finding: Finding, owed: dict[int, int], kept: Files) -> None:
    batch = PayoutBatch.objects.latest("pk")
    paid = sorted(batch.payouts.values_list("partner", "amount", "state"))
    finding.must_be("payouts", paid, sorted((pk, amount, Payout.State.SENT) for pk, amount in owed.items()))
    items = PayoutItem.objects.filter(payout__batch=batch)
    finding.must_be("parcels paid out", items.count(), len(owed))
    booked = Entry.objects.filter(kind=Entry.Kind.PAYOUT_SENT, payout_id__in=batch.payouts.values("pk"))
    finding.must_be("payouts in the books", booked.count(), len(owed))
    finding.must_be("sum of the batch", batch.total, sum(owed.values()))
    out = Line.objects.filter(entry__in=booked, account=of_market(Account.Kind.BANK))
    finding.must_be("sum out of the bank", -sum(out.values_list("amount", flat=True)), batch.total)
    left = {owed_to(farm) for farm in Partner.objects.filter(pk__in=owed)}
    finding.must_be("owed afterwards", left, {0})
    references = batch.payouts.values_list("reference", flat=True)
    told = Message.objects.filter(kind="payout_sent", context__reference__in=list(references))
    finding.must_be("farms told", told.count(), len(owed))
    acts = DeskAction.objects.filter(subject=batch.reference)
    finding.must_be("acts in the diary", sorted(acts.values_list("kind", flat=True)), sorted(ACTS))
    files = kept | _written(batch.files.all()) | {(form, write(batch)) for form, write in WRITERS.items()}
    finding.must_be("different files", len(files), len(WRITERS))


def _written(files: QuerySet[PayoutFile]) -> Files:
    return {(form, bytes(content)) for form, content in files.values_list("form", "content")}


def _booked_twice(owed: dict[int, int], kept: Files) -> int:
    """A payout that is booked past its key must be seen, by the model and by the audit."""
    twice = Payout.objects.select_related("partner").latest("pk")
    lines = [
        Leg(seller_payable(twice.partner), twice.amount),
        Leg(of_market(Account.Kind.BANK), -twice.amount),
    ]
    again = partial(
        post,
        key="t27:again",
        kind=Entry.Kind.PAYOUT_SENT,
        occurred_at=timezone.now(),
        lines=lines,
        payout_id=twice.pk,
    )
    return seen_by_both(again, lambda seen: _compare(seen, owed, kept))


def _without_guard(market: str, first: Run, shelf: Sequence[int], dice: random.Random) -> int:
    """Where every statement counts by itself, a batch is sent and the run dies before its payouts are booked.

    0, as if nothing had been seen, where it did not die there.
    """
    owed = _owed(market, shelf, dice)
    run = replace(first, before=batches(first.maker))
    run.go_on("make:end")
    drain()  # what puts it together
    died = not run.go_on(HALF_SENT, more={HALVES: "yes"})
    run.go_on()
    return seen(lambda seen: _compare(seen, owed, set())) if died else 0

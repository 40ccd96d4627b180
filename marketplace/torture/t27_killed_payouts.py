"""T27: a payout run to many farms, killed in the midst of each of its steps and started again."""

import random
import signal
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.torture import bank, farms
from marketplace.torture.buying import placed_orders
from marketplace.torture.findings import Finding, seen, seen_by_both
from marketplace.torture.forks import end_of
from marketplace.torture.market import SHELF, drain, durable_products, stock_the_market
from marketplace.torture.messages import send_all
from marketplace.torture.payout_run import KILLS, start
from payments.ledger.accounts import of_market, owed_to, seller_payable
from payments.ledger.models import Account, Entry, Line
from payments.ledger.posting import Leg, post
from payments.payouts.files import WRITERS
from payments.payouts.models import Payout, PayoutBatch, PayoutFile, PayoutItem

FULL, SMALL = 500, 8
"""Farms, each with a parcel that arrived."""
HALF_PAID, HALF_SENT = 2, "send:4"
"""Farms of the negative control, and where its run is killed."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Each farm is paid once what it is owed, by files that are the same after every start."""
    finding, dice = Finding("T27"), random.Random(seed)
    count = SMALL if small else FULL
    farms.staff()
    stock_the_market(SHELF + 3 * (count + HALF_PAID))
    shelf = durable_products(count + HALF_PAID)
    owed = _owed(market, shelf[:count], dice)
    kept: set[tuple[str, bytes]] = set()
    now = timezone.now()
    for kill in KILLS:
        finding.must_be(f"end at {kill}", end_of(start(kill, now)), -signal.SIGKILL)
        kept |= _files(now)
    together = [start(":", now), start(":", now)]
    finding.must_be("ends of two at once", [end_of(process) for process in together], [0, 0])
    finding.figures |= {"farms": len(owed), "kills": len(KILLS), "total": sum(owed.values())}
    _compare(finding, now, owed, kept)
    finding.audit()
    finding.controls["booked twice by hand"] = _booked_twice(now, owed, kept)
    finding.controls["without transactions"] = _without_guard(market, shelf[count:], dice)
    return finding


def _owed(market: str, shelf: Sequence[int], dice: random.Random) -> dict[int, int]:
    """đồng owed to each farm, by its key: one parcel each, paid by bank transfer."""
    farms.one_for_each(shelf)
    payments = [placed_orders(1, dice, shelf=[product])[0] for product in shelf]
    send_all(market, [bank.transfer(payment.reference, payment.amount) for payment in payments])
    drain()
    farms.deliver(payments)
    drain()
    sellers = Partner.objects.filter(stockrecords__product__in=shelf)
    return {seller.pk: owed_to(seller) for seller in sellers}


def _compare(finding: Finding, now: datetime, owed: dict[int, int], kept: set[tuple[str, bytes]]) -> None:
    batch = PayoutBatch.objects.get(as_of=now)
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
    written = {(form, write(batch)) for form, write in WRITERS.items()}
    finding.must_be("files changed between starts", len(kept | _files(now) | written), len(written))


def _files(now: datetime) -> set[tuple[str, bytes]]:
    files = PayoutFile.objects.filter(batch__as_of=now)
    return {(form, bytes(content)) for form, content in files.values_list("form", "content")}


def _booked_twice(now: datetime, owed: dict[int, int], kept: set[tuple[str, bytes]]) -> int:
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
    return seen_by_both(again, lambda seen: _compare(seen, now, owed, kept))


def _without_guard(market: str, shelf: Sequence[int], dice: random.Random) -> int:
    """Where every statement counts by itself, a batch is sent and the run dies before its payouts are booked."""
    owed, now = _owed(market, shelf, dice), timezone.now()
    end_of(start(HALF_SENT, now, whole=False))
    end_of(start(":", now))
    return seen(lambda seen: _compare(seen, now, owed, set()))

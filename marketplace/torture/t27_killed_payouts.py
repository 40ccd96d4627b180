"""T27: a payout run to many farms, killed in the midst of each of its steps and started again."""

import random
import signal

from django.db import transaction
from django.utils import timezone

from farmers.partner.models import Partner
from marketplace.torture import bank, farms
from marketplace.torture.buying import placed_orders
from marketplace.torture.findings import Finding, seen_by_both
from marketplace.torture.market import SHELF, drain, durable_products, stock_the_market
from marketplace.torture.messages import send_all
from marketplace.torture.payout_run import KILLS, end_of, start
from payments.ledger.accounts import balance, of_market, owed_to, seller_payable
from payments.ledger.models import Account, Entry
from payments.ledger.posting import Leg, post
from payments.payouts.files import WRITERS
from payments.payouts.models import Payout, PayoutBatch, PayoutFile, PayoutItem

FULL, SMALL = 500, 8
"""Farms, each with a parcel that arrived."""


def attack(market: str, *, small: bool, seed: int) -> Finding:
    """Each farm is paid once what it is owed, by files that are the same after every start."""
    finding, dice = Finding("T27"), random.Random(seed)
    owed = _owed(market, SMALL if small else FULL, dice)
    kept: set[tuple[str, bytes]] = set()
    now = timezone.now()
    for kill in KILLS:
        finding.must_be(f"end at {kill}", end_of(start(kill, now)), -signal.SIGKILL)
        kept |= _files()
    together = [start(":", now), start(":", now)]
    finding.must_be("ends of two at once", [end_of(process) for process in together], [0, 0])
    finding.figures |= {"farms": len(owed), "kills": len(KILLS), "total": sum(owed.values())}
    _compare(finding, owed, kept)
    finding.audit()
    finding.control = _control(owed, kept)
    return finding


def _owed(market: str, count: int, dice: random.Random) -> dict[int, int]:
    """đồng owed to each farm, by its key: one parcel each, paid by bank transfer."""
    farms.staff()
    stock_the_market(SHELF + 3 * count)
    shelf = durable_products(count)
    farms.one_for_each(shelf)
    payments = [placed_orders(1, dice, shelf=[product])[0] for product in shelf]
    send_all(market, [bank.transfer(payment.reference, payment.amount) for payment in payments])
    drain()
    farms.deliver(payments)
    drain()
    sellers = Partner.objects.filter(stockrecords__product__in=shelf)
    return {seller.pk: owed_to(seller) for seller in sellers}


def _compare(finding: Finding, owed: dict[int, int], kept: set[tuple[str, bytes]]) -> None:
    batch = PayoutBatch.objects.get()
    paid = sorted(Payout.objects.values_list("partner", "amount", "state"))
    finding.must_be("payouts", paid, sorted((pk, amount, Payout.State.SENT) for pk, amount in owed.items()))
    finding.must_be("parcels paid out", PayoutItem.objects.count(), len(owed))
    booked = Entry.objects.filter(kind=Entry.Kind.PAYOUT_SENT).count()
    finding.must_be("payouts in the books", booked, len(owed))
    finding.must_be("sum of the batch", batch.total, sum(owed.values()))
    finding.must_be("sum out of the bank", balance(of_market(Account.Kind.BANK)), -batch.total)
    left = {owed_to(farm) for farm in Partner.objects.filter(pk__in=owed)}
    finding.must_be("owed afterwards", left, {0})
    written = {(form, write(batch)) for form, write in WRITERS.items()}
    finding.must_be("files changed between starts", len(kept | _files() | written), len(written))


def _files() -> set[tuple[str, bytes]]:
    return {(form, bytes(content)) for form, content in PayoutFile.objects.values_list("form", "content")}


def _control(owed: dict[int, int], kept: set[tuple[str, bytes]]) -> int:
    """A payout that is booked past its key must be seen, by the model and by the audit."""
    twice = Payout.objects.select_related("partner").latest("pk")
    lines = [
        Leg(seller_payable(twice.partner), twice.amount),
        Leg(of_market(Account.Kind.BANK), -twice.amount),
    ]
    with transaction.atomic():
        post(
            key="t27:again",
            kind=Entry.Kind.PAYOUT_SENT,
            occurred_at=timezone.now(),
            lines=lines,
            payout_id=twice.pk,
        )
    return seen_by_both(lambda seen: _compare(seen, owed, kept))

"""The same seed leads the machine of T21 along the same steps, whatever ran in this process before."""

import os
from collections.abc import Iterator

import pytest
from hypothesis.stateful import invariant

from marketplace.bench.database import copied_database
from marketplace.order.models import SellerOrder
from marketplace.torture.attacks.t21_state_machine import faults
from marketplace.torture.machine.market import Market, opened
from marketplace.torture.people.signed_in import hire_staff
from payments.models import Payment, Refund

seen: list[tuple[object, ...]] = []


class Watched(Market):
    @invariant()
    def what_became_of_it(self) -> None:
        parcels = SellerOrder.objects.order_by("pk").values_list("status", "goods_total", "reduced")
        payments = Payment.objects.order_by("pk").values_list("provider", "state", "received")
        refunds = Refund.objects.order_by("pk").values_list("kind", "state", "amount")
        seen.append((*parcels, *payments, *refunds))


@pytest.fixture
def _stage(attackable: None) -> Iterator[None]:
    with copied_database(f"tortured_{os.getpid()}"):
        hire_staff()
        with opened(0):
            yield


def steps(seed: int) -> list[tuple[object, ...]]:
    seen.clear()
    assert faults(Watched, 4, 15, seed) == []
    return list(seen)


@pytest.mark.usefixtures("_stage")
def test_the_same_seed_takes_the_same_steps() -> None:
    first = steps(7)
    assert any(first)
    assert steps(7) == first

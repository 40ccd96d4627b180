"""The limit of one person is the one of the day in Vietnam: the policy that began last, and none that is to come."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from payments.models import RefundPolicy
from payments.refund_limit import approval_limit

pytestmark = pytest.mark.django_db
VIETNAM = timezone.get_default_timezone()


@pytest.fixture(autouse=True)
def _policies() -> None:
    for day, limit in (("2026-11-20", 300_000), ("2026-01-01", 500_000), ("2026-11-26", 9_000_000)):
        RefundPolicy.objects.create(valid_from=day, limit=limit)


@pytest.mark.parametrize(
    ("at", "limit"),
    [
        (datetime.datetime(2025, 12, 31, 23, 59, tzinfo=VIETNAM), 0),
        (datetime.datetime(2026, 11, 19, 23, 59, tzinfo=VIETNAM), 500_000),
        (datetime.datetime(2026, 11, 20, 0, 0, tzinfo=VIETNAM), 300_000),
        (datetime.datetime(2026, 11, 25, 23, 59, tzinfo=VIETNAM), 300_000),
        (datetime.datetime(2026, 11, 26, 0, 0, tzinfo=VIETNAM), 9_000_000),
    ],
)
def test_the_policy_of_the_day_counts(at: datetime.datetime, limit: int) -> None:
    with time_machine.travel(at, tick=False):
        assert approval_limit() == limit

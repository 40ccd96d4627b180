"""Which dated rule of commission and shipping holds for whom."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from payments.commission.loading import load_rules
from payments.commission.models import CommissionRule, ShippingRule, percent
from payments.commission.services import net_of, rate_for, seller_pays_carrier
from tests.factories import anh_tam, htx_dong_phu, make_crop
from tests.payments.rules import commission

pytestmark = pytest.mark.django_db
DAY = datetime.date(2026, 6, 1)


def test_nothing_is_kept_where_no_rule_says_so() -> None:
    assert rate_for(anh_tam(), DAY) == 0


def test_the_most_specific_rule_wins() -> None:
    cashew = make_crop()
    commission(300)
    assert rate_for(anh_tam(), DAY, cashew) == 300
    commission(200, partner_kind="household")
    assert rate_for(anh_tam(), DAY, cashew) == 200
    assert rate_for(htx_dong_phu(), DAY, cashew) == 300
    commission(150, crop=cashew)
    assert (rate_for(anh_tam(), DAY, cashew), rate_for(anh_tam(), DAY)) == (150, 200)
    commission(100, partner=anh_tam())
    assert (rate_for(anh_tam(), DAY, cashew), rate_for(htx_dong_phu(), DAY, cashew)) == (100, 150)


def test_rules_hold_from_their_first_to_their_last_day_and_the_latest_wins() -> None:
    commission(300)
    commission(500, since=datetime.date(2026, 5, 1), valid_until=DAY)
    days = [DAY.replace(month=4, day=30), DAY.replace(month=5), DAY, DAY.replace(day=2)]
    assert [rate_for(anh_tam(), day) for day in days] == [300, 500, 500, 300]
    assert rate_for(anh_tam(), datetime.date(2025, 12, 31)) == 0


def test_a_rule_has_one_scope_and_one_day() -> None:
    commission(300)
    with pytest.raises(IntegrityError), transaction.atomic():
        commission(200)
    with pytest.raises(IntegrityError), transaction.atomic():
        commission(200, partner=anh_tam(), crop=make_crop())


def test_loading_again_leaves_what_staff_decided() -> None:
    commission(100, partner=anh_tam())
    load_rules()
    CommissionRule.objects.filter(basis_points=300).update(basis_points=500, is_confirmed=True)
    ShippingRule.objects.update(payer="platform")
    load_rules()
    assert set(CommissionRule.objects.values_list("basis_points", "is_confirmed")) == {
        (100, False),
        (500, True),
    }
    assert ShippingRule.objects.get().payer == "platform"


def test_who_pays_the_carrier_is_dated_too() -> None:
    assert not seller_pays_carrier(DAY)
    load_rules()
    ShippingRule.objects.create(valid_from=DAY, payer="platform", source="test")
    assert [seller_pays_carrier(day) for day in (DAY - datetime.timedelta(days=1), DAY)] == [True, False]


@pytest.mark.parametrize(("points", "words"), [(0, "0"), (5, "0,05"), (50, "0,5"), (150, "1,5"), (300, "3")])
def test_percent_in_words(points: int, words: str) -> None:
    assert percent(points) == words


def test_what_the_seller_keeps() -> None:
    assert (net_of(100_000, 300), net_of(99, 300), net_of(1, 0)) == (97_000, 96, 1)

"""Until when a parcel can be claimed for: by its crops and the rules of the day on which it arrived."""

import datetime
import tomllib
from pathlib import Path

import pytest

from marketplace.order.models import SellerOrder
from payments.claims import windows
from payments.claims.models import ClaimWindow
from payments.claims.windows import window_of
from payments.models import RefundPolicy
from payments.payouts import holds
from payments.payouts.models import HoldRule
from tests.factories import anh_tam, make_crop, make_order, make_product
from tests.payments.payouts.farms import NOW, arrived, paid_parcel, pay

pytestmark = pytest.mark.django_db


def rule(hours: int, *, crop: str = "", since: str = "2026-01-01") -> None:
    """``crop`` is a code; else for every crop without a rule of its own."""
    kind = make_crop(crop, name=crop) if crop else None
    ClaimWindow.objects.create(valid_from=since, crop=kind, hours=hours, answer_hours=5, decide_hours=7)


def parcel(*crops: str) -> SellerOrder:
    """One pack of each, arrived now."""
    if len(crops) == 1:
        return arrived(anh_tam(), at=NOW, crop=make_crop(crops[0], name=crops[0]))
    goods = [(make_product(partner=anh_tam(), crop=make_crop(code, name=code)), 1) for code in crops]
    order = make_order(*goods)
    pay(order)
    return order.seller_orders.get()


def hours_of(found: SellerOrder) -> float | None:
    window = window_of(found)
    return window and (window.closes_at - NOW) / datetime.timedelta(hours=1)


def test_a_crops_own_rule_counts_before_the_general_one() -> None:
    rule(48)
    rule(24, crop="durian")
    assert hours_of(parcel("durian")) == 24
    assert hours_of(parcel("pepper")) == 48


def test_without_a_general_rule_another_crop_has_none() -> None:
    rule(24, crop="durian")
    assert hours_of(parcel("pepper")) is None


def test_the_rule_of_the_day_on_which_it_arrived_counts() -> None:
    rule(24, crop="durian", since="2026-11-01")
    rule(12, crop="durian", since="2026-11-25")
    rule(99, crop="durian", since="2026-11-26")
    rule(72, crop="durian", since="2026-01-01")
    assert hours_of(parcel("durian")) == 12


def test_before_it_arrives_there_is_none() -> None:
    rule(48)
    assert window_of(paid_parcel(anh_tam())) is None


def test_the_shipped_windows_are_never_longer_than_the_holds() -> None:
    """Else a parcel would be paid out while its buyer may still claim."""
    claims, payouts = (tomllib.loads(file.read_text(encoding="utf-8")) for file in (windows.DATA, holds.DATA))
    assert claims["valid_from"] == payouts["valid_from"]
    for crop in {None, *claims["crops"], *payouts["crops"]}:
        window = claims["crops"].get(crop, claims["default_hours"])
        assert window <= payouts["crops"].get(crop, payouts["default_hours"]), crop


def test_loading_again_changes_no_rule_that_is_there(tmp_path: Path) -> None:
    """What was in force stays as it was: staff change rules in the admin, for days to come."""
    times = "valid_from = 2026-01-01\nanswer_hours = 24\ndecide_hours = 72\n"
    for hours, limit in ((48, 500_000), (1, 9_000_000)):
        file = tmp_path / f"{hours}.toml"
        file.write_text(f"{times}default_hours = {hours}\nrefund_limit = {limit}\n[crops]\n")
        windows.load_windows(file)
        holds.load_holds(file)
    assert (ClaimWindow.objects.get().hours, HoldRule.objects.get().hours) == (48, 48)
    assert RefundPolicy.objects.get().limit == 500_000

"""One of the staff grants a claim while another refuses it, on real connections, and what happens without guards."""

from functools import partial
from threading import Barrier

import pytest
from django.utils import timezone

from marketplace.accounts.models import User
from payments.audit.services import find_differences
from payments.claims import services
from payments.claims.exceptions import NotNow
from payments.claims.models import AskingQuerySet, Claim, ClaimWindow
from payments.claims.services import answer_claim, grant_claim, make_claim, refuse_claim
from payments.models import Refund
from tests.factories import make_staff
from tests.payments.claims.sold import load_money_rules, paid_order, tams
from tests.threads import looked_first, together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


@pytest.fixture
def claim() -> Claim:
    """The farm has said its word."""
    load_money_rules()
    ClaimWindow.objects.create(valid_from="2026-01-01", hours=48, answer_hours=24, decide_hours=72)
    now, parcel = timezone.now(), tams(paid_order(to="delivered"))
    made = make_claim(parcel, words="dập nát", wanted=50_000, photos=[], now=now)
    answer_claim(made, agrees=True, words="", now=now)
    return made


def grant(claim: Claim, by: User) -> Refund:
    own = Claim.objects.get(pk=claim.pk)
    return grant_claim(own, goods=50_000, words="Trả một nửa.", by=by, now=timezone.now())


def refuse(claim: Claim, by: User) -> None:
    own = Claim.objects.get(pk=claim.pk)
    refuse_claim(own, words="Ảnh không rõ.", by=by, now=timezone.now())


def decided_at_once(claim: Claim) -> list[object]:
    return together([partial(grant, claim, make_staff()), partial(refuse, claim, make_staff())])


def test_it_is_decided_once(claim: Claim) -> None:
    granted, refused = decided_at_once(claim)
    assert {type(granted), type(refused)} in ({Refund, NotNow}, {NotNow, type(None)})
    is_granted = isinstance(granted, Refund)
    claim.refresh_from_db()
    assert claim.state == ("granted" if is_granted else "refused")
    assert Refund.objects.count() == is_granted
    assert find_differences() == []


def test_without_guards_money_goes_back_for_a_refused_claim(
    claim: Claim, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the test above can fail."""
    monkeypatch.setattr(services, "lock_attempts", lambda order_id: None)
    monkeypatch.setattr(AskingQuerySet, "move", looked_first(Barrier(2)))
    granted, refused = decided_at_once(claim)
    assert (type(granted), refused) == (Refund, None)

"""One form that arrives twice at the same moment proposes one correction."""

from functools import partial
from uuid import uuid4

import pytest

from payments.desk.corrections import propose
from payments.desk.exceptions import SentBefore
from payments.desk.models import Correction, DeskAction
from payments.ledger.accounts import of_market
from payments.ledger.models import Account
from tests.payments.desk.people import chi_thu
from tests.threads import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.race]


def test_it_is_proposed_once() -> None:
    sides = {"debit": of_market(Account.Kind.PROVIDER_FEES), "credit": of_market(Account.Kind.BANK)}
    form = partial(propose, **sides, amount=11_000, memo="phí", token=uuid4(), by=chi_thu())
    answers = together([form] * 4)
    assert [type(answer) for answer in answers].count(SentBefore) == 3
    assert (Correction.objects.count(), DeskAction.objects.count()) == (1, 1)

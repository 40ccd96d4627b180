"""Money's tests draw their examples without a stopwatch: a busy machine is no failure."""

from typing import Any

import hypothesis
import pytest

from tests.payments.rails import TestRail

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture
def test_rail(settings: Any) -> type[TestRail]:
    path = "tests.payments.rails.TestRail"
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, "testrail": path}
    settings.PAYMENT_NOTIFIERS = {**settings.PAYMENT_NOTIFIERS, "testrail": path}
    settings.PAYMENT_RAILS = [*settings.PAYMENT_RAILS, "testrail"]
    TestRail.forget()
    return TestRail

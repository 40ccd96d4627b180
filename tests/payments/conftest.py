"""Money's tests draw their examples without a stopwatch: a busy machine is no failure."""

from typing import Any

import hypothesis
import pytest

from tests.payments.rails import ScriptedRail

hypothesis.settings.register_profile("unhurried", deadline=None)
hypothesis.settings.load_profile("unhurried")


@pytest.fixture
def scripted_rail(settings: Any) -> type[ScriptedRail]:
    path = "tests.payments.rails.ScriptedRail"
    settings.PAYMENT_PROVIDERS = {**settings.PAYMENT_PROVIDERS, "testrail": path}
    settings.PAYMENT_NOTIFIERS = {**settings.PAYMENT_NOTIFIERS, "testrail": path}
    settings.PAYMENT_RAILS = [*settings.PAYMENT_RAILS, "testrail"]
    ScriptedRail.forget()
    return ScriptedRail

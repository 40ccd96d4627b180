"""What is copied to a server agrees with the market."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

NGINX = Path(__file__).parents[2] / "deploy" / "nginx.conf"


@pytest.mark.parametrize("notifier", settings.PAYMENT_NOTIFIERS)
def test_nobody_who_reports_payments_may_send_much(notifier: str) -> None:
    limited = re.findall(r"location ~ (\S+) \{ client_max_body_size 64k;", NGINX.read_text())
    address = reverse("notifications:ipn", args=[notifier])
    assert any(re.search(pattern, address) for pattern in limited)

"""What month it is where the crops grow."""

from django.utils import timezone


def current_month() -> int:
    """1 to 12, in Asia/Ho_Chi_Minh."""
    return timezone.localdate().month

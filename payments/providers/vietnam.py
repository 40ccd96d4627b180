"""Vietnamese time as the rails write it: GMT+7 without a zone, whatever the server's own clock is set to."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(moment: datetime, form: str) -> str:
    """``moment`` in Vietnam, in a strftime ``form``. Raises ValueError when it carries no zone of its own."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone has no Vietnamese date")
    return moment.astimezone(VIETNAM).strftime(form)


def read_local(text: str, form: str) -> datetime:
    """The aware moment behind a Vietnamese date. Raises ValueError."""
    return datetime.strptime(text, form).replace(tzinfo=VIETNAM)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, exactly; ``moment`` is aware."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_milliseconds(value: int) -> datetime:
    """Raises OverflowError for a moment outside the calendar."""
    return _EPOCH + timedelta(milliseconds=value)

"""Django's PostgreSQL, with a cheaper look at whether a kept connection still lives."""

from django.db.backends.postgresql import base
from urllib3.util import wait_for_read


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Send `SELECT 1` only where there is a doubt: an error before, or something on the line unasked.

        A server that stops, or that closes the session, says so on the line. Asking it before each request
        costs a page a tenth of its time (docs/performance.md).
        """
        line = self.connection
        if line is None or line.closed or self.errors_occurred or wait_for_read(line.fileno(), timeout=0):
            return bool(super().is_usable())
        return True

import logging
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.demo import records
from marketplace.demo.market import Progress, build


class Command(BaseCommand):
    help = "Fill the demo market: invented sellers, products, stories, accounts, orders. Adds only what is missing."

    def handle(self, *args: Any, **options: Any) -> None:
        logging.disable(logging.INFO)  # whoever watches wants to see the progress
        for progress in build(records.read()):
            self._show(progress)

    def _show(self, progress: Progress) -> None:
        """A counting line on a terminal; one line per step where nobody watches."""
        last = progress.done == progress.total
        if self.stdout.isatty() or last:
            line = f"\r    {progress.step}: {progress.done}/{progress.total}"
            self.stdout.write(line, ending="\n" if last else "")
            self.stdout.flush()

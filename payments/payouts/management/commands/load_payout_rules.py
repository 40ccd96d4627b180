from typing import Any

from django.core.management.base import BaseCommand

from payments.payouts.days import load_days
from payments.payouts.holds import load_holds


class Command(BaseCommand):
    help = "Load the hold of delivered parcels' money and the days of payouts; run it as often as you like."

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_holds()
        load_days()
        if options["verbosity"]:
            self.stdout.write(f"{count} hold rules, and the days of payouts")

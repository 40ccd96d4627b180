from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

#: commission, tax kept back, when payouts leave, how long buyers may claim and what two people refund
RULES = ("load_commission", "load_withholding", "load_payout_rules", "load_claim_windows")


class Command(BaseCommand):
    help = "Load every dated rule of money that a market begins with; run it as often as you like. Needs load_crops."

    def handle(self, *args: Any, **options: Any) -> None:
        for rules in RULES:
            call_command(rules, verbosity=options["verbosity"])

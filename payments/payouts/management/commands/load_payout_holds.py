from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.payouts.holds import DATA, load_holds


class Command(BaseCommand):
    help = "Load how long the money of delivered parcels is held; may be run as often as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=DATA, help="a TOML file of hours")

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_holds(options["file"])
        if options["verbosity"]:
            self.stdout.write(f"{count} hold rules")

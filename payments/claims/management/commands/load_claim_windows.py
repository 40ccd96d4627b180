from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.claims.windows import DATA, load_windows


class Command(BaseCommand):
    help = (
        "Load how long buyers may claim and above which sum two people refund; run it as often as you like."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=DATA, help="a TOML file of hours")

    def handle(self, *args: Any, **options: Any) -> None:
        count = load_windows(options["file"])
        if options["verbosity"]:
            self.stdout.write(f"{count} claim windows")

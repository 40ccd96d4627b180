from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.tax.loading import DATA, load_withholding


class Command(BaseCommand):
    help = "Load the rules of withheld tax from their file; may be run as often as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=DATA, help="a TOML file of [[rule]] tables")

    def handle(self, *args: Any, **options: Any) -> None:
        for rule in load_withholding(options["file"]):
            confirmed = "confirmed" if rule.is_confirmed else "UNCONFIRMED"
            if options["verbosity"]:
                self.stdout.write(f"{rule.code} ({confirmed}) from {rule.valid_from}: {rule.source}")

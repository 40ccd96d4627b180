from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace.shipping.loading import DATA, load_tariff


class Command(BaseCommand):
    help = "Load a shipping tariff from its files; may be run as often as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="where tariff.toml and its tables are")

    def handle(self, *args: Any, **options: Any) -> None:
        tariff = load_tariff(options["folder"])
        confirmed = "confirmed" if tariff.is_confirmed else "UNCONFIRMED"
        if options["verbosity"]:
            self.stdout.write(f"{tariff.code} ({confirmed}) from {tariff.valid_from}: {tariff.source}")

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.commission.loading import DATA, load_rules


class Command(BaseCommand):
    help = "Load the rules of commission and shipping from their file; may be run as often as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--file", type=Path, default=DATA, help="a TOML file like data/rules.toml")

    def handle(self, *args: Any, **options: Any) -> None:
        load_rules(options["file"])

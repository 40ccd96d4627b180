from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from marketplace.address.loading import DATA, load_places


class Command(BaseCommand):
    help = "Load provinces, communes and former names from CSV; may be run as often as you like."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--folder", type=Path, default=DATA, help="where the lists and source.toml are")

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_places(options["folder"])
        self.stdout.write(
            f"{loaded.provinces} provinces, {loaded.communes} communes, {loaded.aliases} former wards"
            f" as of {loaded.source_date}"
        )

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from marketplace.shipping.loading import DATA, load_regions, load_tariff


class Command(BaseCommand):
    help = "Load the shipping regions and a tariff (by default our own assumption). Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--file", type=Path, default=DATA / "tariff.csv")
        parser.add_argument("--name", default="Bảng giá tạm tính 2026")
        parser.add_argument("--from", dest="valid_from", type=date.fromisoformat, default=date(2026, 1, 1))
        parser.add_argument("--source", default="assumption: carriers' prices are contract-specific")

    def handle(self, *args: Any, **options: Any) -> None:
        regions = load_regions()
        tariff = load_tariff(
            options["file"],
            name=options["name"],
            valid_from=options["valid_from"],
            source=options["source"],
        )
        self.stdout.write(
            f"{regions} regions, {tariff.routes.count()} routes: {tariff} from {tariff.valid_from}"
        )

from typing import Any

from django.core.management.base import BaseCommand

from catalogue.crop_table import load_crops


class Command(BaseCommand):
    help = "Load or refresh the crops, their grades and categories from catalogue/data (repeatable)."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_crops()} crops")

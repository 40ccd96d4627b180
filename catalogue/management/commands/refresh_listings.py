from typing import Any

from django.core.management.base import BaseCommand

from catalogue.listing.refresh import refresh_after


class Command(BaseCommand):
    help = "Write every listing anew from products, stock, sellers and certificates. Safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        last: int | None = 0
        while last is not None:
            last = refresh_after(last)
            if last is not None and options["verbosity"]:
                self.stdout.write(f"up to product {last}")

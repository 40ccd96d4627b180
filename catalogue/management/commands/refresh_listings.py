from typing import Any

from django.core.management.base import BaseCommand

from catalogue.listing.refresh import refresh_all


class Command(BaseCommand):
    help = "Write every listing anew from products, stock, sellers and certificates. Safe at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{refresh_all()} products looked at")

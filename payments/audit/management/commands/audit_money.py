import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from payments.audit.services import audit


class Command(BaseCommand):
    help = (
        "Compare the books with themselves and with payments, refunds and parcels; exit 1 on any difference."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit()
        if options["json"]:
            summary = {"ok": found.is_clean, "ran_at": found.ran_at.isoformat()}
            self.stdout.write(json.dumps({**summary, "differences": found.differences}, ensure_ascii=False))
        else:
            for row in found.differences:
                self.stdout.write("{check}: {subject}: expected {expected}, found {found}".format(**row))
            self.stdout.write("clean" if found.is_clean else f"{len(found.differences)} differences")
        if not found.is_clean:
            raise SystemExit(1)

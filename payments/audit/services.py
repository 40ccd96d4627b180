"""Run every check on one snapshot of the database, and keep what was found."""

from datetime import timedelta

import structlog
from django.db import connection, transaction
from django.utils import timezone

from payments.audit.checks import CHECKS
from payments.audit.differences import Difference
from payments.audit.models import Audit

log = structlog.get_logger(__name__)

KEEP = timedelta(days=90)


def find_differences() -> list[Difference]:
    """All that differs; money that moves meanwhile is not seen half."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        return [difference for check in CHECKS for difference in check()]


def audit() -> Audit:
    """Look, and store the result; results older than KEEP go."""
    found = find_differences()
    if found:
        log.error("audit_found_differences", count=len(found), first=found[0].as_dict())
    Audit.objects.filter(ran_at__lt=timezone.now() - KEEP).delete()
    return Audit.objects.create(differences=[difference.as_dict() for difference in found])

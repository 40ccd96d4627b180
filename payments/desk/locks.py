"""The only row lock of the desk, before all others (payments.locks)."""

from payments.desk.models import Correction


def lock_correction(pk: int) -> Correction:
    """Raises Correction.DoesNotExist."""
    rows = Correction.objects.select_for_update(no_key=True, of=("self",))
    found: Correction = rows.select_related("debit", "credit", "reverses", "transfer", "proposed_by").get(
        pk=pk
    )
    return found

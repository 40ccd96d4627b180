"""The only row lock of the desk; a transfer's, if any, is taken after it."""

from payments.desk.models import Correction


def lock_correction(pk: int) -> Correction:
    """Raises Correction.DoesNotExist."""
    rows = Correction.objects.select_for_update(no_key=True, of=("self",))
    found: Correction = rows.select_related("debit", "credit", "transfer", "proposed_by").get(pk=pk)
    return found

"""The files of a batch: made from its rows alone, so that they are the same bytes whenever they are made."""

import hashlib
from collections.abc import Callable

from payments.payouts.files.pain import pain
from payments.payouts.files.sheet import sheet
from payments.payouts.models import PayoutBatch, PayoutFile

WRITERS: dict[PayoutFile.Form, Callable[[PayoutBatch], bytes]] = {
    PayoutFile.Form.XLSX: sheet,
    PayoutFile.Form.PAIN: pain,
}

__all__ = ["WRITERS", "write_files"]


def write_files(batch: PayoutBatch) -> None:
    """Keep the batch in every form. Part of the caller's transaction; a form that is kept already stays."""
    for form, write in WRITERS.items():
        content = write(batch)
        PayoutFile.objects.get_or_create(
            batch=batch,
            form=form,
            defaults={"content": content, "sha256": hashlib.sha256(content).hexdigest()},
        )

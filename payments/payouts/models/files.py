"""Files that went to the bank, and files that came from it: kept as they were, byte by byte."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from marketplace.spreadsheets import XLSX_TYPE


class PayoutFile(models.Model):
    """A batch in one of the bank's forms. Written once, when the batch is approved."""

    class Form(models.TextChoices):
        XLSX = "xlsx", _("Spreadsheet (XLSX)")
        PAIN = "xml", _("ISO 20022 (pain.001.001.03)")

    CONTENT_TYPES = {
        Form.XLSX: XLSX_TYPE,
        Form.PAIN: "application/xml",
    }

    batch = models.ForeignKey("payouts.PayoutBatch", on_delete=models.PROTECT, related_name="files")
    form = models.CharField(max_length=8, choices=Form.choices)
    content = models.BinaryField()
    #: of content, in hexadecimal
    sha256 = models.CharField(max_length=64)
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["form"]
        constraints = [models.UniqueConstraint(fields=["batch", "form"], name="one_file_per_batch_and_form")]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"chi-tra-{self.batch.reference}.{self.form}"


class ResultFile(models.Model):
    """What the bank said of our transfers, as it came, and what became of each of its rows."""

    name = models.CharField(max_length=200)
    content = models.BinaryField()
    #: the same file again is the same import
    sha256 = models.CharField(max_length=64, unique=True)
    imported_at = models.DateTimeField(default=timezone.now)
    imported_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    #: [{"line", "reference", "status", "note", "error"}], one for each row of the file
    rows = models.JSONField(default=list)

    class Meta:
        ordering = ["-imported_at", "-pk"]

    def __str__(self) -> str:
        return self.name

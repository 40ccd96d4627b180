"""The certificates that the market knows and shows."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Scheme(models.TextChoices):
    VIETGAP = "vietgap", "VietGAP"
    GLOBALGAP = "globalgap", "GlobalG.A.P."
    ORGANIC = "organic", _("Organic")
    GI = "gi", _("Geographical indication Bình Phước")
    OCOP3 = "ocop3", "OCOP 3★"
    OCOP4 = "ocop4", "OCOP 4★"
    OCOP5 = "ocop5", "OCOP 5★"

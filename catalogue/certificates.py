"""The certificates that the market knows and shows."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Scheme(models.TextChoices):
    VIETGAP = "vietgap", "VietGAP"
    GLOBALGAP = "globalgap", "GlobalG.A.P."
    ORGANIC = "organic", _("Organic")
    GI = "gi", _("Geographical indication Bình Phước")
    OCOP3 = "ocop3", "OCOP 3★"
    OCOP4 = "ocop4", "OCOP 4★"
    OCOP5 = "ocop5", "OCOP 5★"


def valid_for(product: Any, prefix: str = "") -> Q:
    """Of the certificates at the end of the relation `prefix`: verified, not ended, and covering `product`."""
    about = Q(**{f"{prefix}product__isnull": True}) | Q(**{f"{prefix}product": product})
    today = timezone.localdate()
    return about & Q(**{f"{prefix}verified_at__isnull": False, f"{prefix}expires_on__gte": today})

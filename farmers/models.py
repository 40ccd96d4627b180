"""What a farm can show for itself: certificates with a number, an issuer and an end."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalogue.certificates import Scheme


class Certification(models.Model):
    Scheme = Scheme

    partner = models.ForeignKey("partner.Partner", on_delete=models.CASCADE, related_name="certifications")
    #: null: it covers all that the seller offers
    product = models.ForeignKey(
        "catalogue.Product", on_delete=models.CASCADE, null=True, blank=True, related_name="certifications"
    )
    scheme = models.CharField(max_length=16, choices=Scheme.choices)
    number = models.CharField(max_length=80)
    issuer = models.CharField(max_length=160)
    issued_on = models.DateField()
    expires_on = models.DateField()
    verified_at = models.DateTimeField(null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["scheme", "number", "product"], name="one_row_per_certificate"),
            models.CheckConstraint(
                condition=Q(expires_on__gt=models.F("issued_on")), name="certificate_has_a_term"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_scheme_display()} {self.number}"

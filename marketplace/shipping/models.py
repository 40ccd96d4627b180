"""What a parcel costs to send: dated table rates, region to region, by weight band. All of it is data."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q


class TariffQuerySet(models.QuerySet):
    def valid_on(self, day: date) -> TariffQuerySet:
        """The tariff of that day; the one that began last wins."""
        began = self.filter(Q(valid_until=None) | Q(valid_until__gte=day), valid_from__lte=day)
        return began.order_by("-valid_from", "-pk")[:1]


class ShippingTariff(models.Model):
    """One price list for some time. A new one is a new row: old quotes stay explainable."""

    code = models.SlugField(max_length=40, unique=True)
    valid_from = models.DateField()
    #: last day, inclusive; null: until another one begins
    valid_until = models.DateField(null=True, blank=True)
    #: where the prices come from
    source = models.CharField(max_length=200)
    #: False: an assumption of ours, to be replaced by a carrier's contract
    is_confirmed = models.BooleanField(default=False)
    #: cm³ that count as one kilogram
    volumetric_divisor = models.PositiveIntegerField()
    #: room that a kilogram of produce takes once packed, where `bulky` says nothing else
    cm3_per_kg = models.PositiveIntegerField()
    #: {crop code: cm³ per kilogram} of what takes far more room than weight
    bulky = models.JSONField(default=dict)
    #: {province code: region}
    regions = models.JSONField(default=dict)
    #: box and filling, added to what is packed
    packaging_grams = models.PositiveIntegerField(default=0)

    objects = TariffQuerySet.as_manager()

    class Meta:
        ordering = ["-valid_from"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="tariff_has_a_term",
            ),
            models.CheckConstraint(condition=Q(volumetric_divisor__gt=0), name="tariff_divides_by_something"),
        ]

    def __str__(self) -> str:
        return self.code


class ShippingRoute(models.Model):
    """From one region to another: how long it takes and what every kilogram above the last band costs.

    The destination SAME_PROVINCE stands for parcels that stay in their province.
    """

    SAME_PROVINCE = "same_province"

    tariff = models.ForeignKey(ShippingTariff, on_delete=models.CASCADE, related_name="routes")
    origin = models.CharField(max_length=24)
    destination = models.CharField(max_length=24)
    days_min = models.PositiveSmallIntegerField()
    days_max = models.PositiveSmallIntegerField()
    #: whole đồng for each started kilogram above the last band
    per_extra_kg = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tariff", "origin", "destination"], name="one_route_per_regions"),
            models.CheckConstraint(condition=Q(days_max__gte=F("days_min")), name="route_takes_its_days"),
        ]

    def __str__(self) -> str:
        return f"{self.origin} → {self.destination}"


class ShippingBand(models.Model):
    """Charge for a parcel of up to so many grams."""

    route = models.ForeignKey(ShippingRoute, on_delete=models.CASCADE, related_name="bands")
    up_to_grams = models.PositiveIntegerField()
    #: whole đồng
    charge = models.PositiveIntegerField()

    class Meta:
        ordering = ["up_to_grams"]
        constraints = [models.UniqueConstraint(fields=["route", "up_to_grams"], name="one_charge_per_band")]

    def __str__(self) -> str:
        return f"{self.up_to_grams} g: {self.charge} ₫"

"""What carriers charge, as dated data: a region of origin, a region of destination, bands of weight."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class Region(models.Model):
    """Provinces that carriers price alike."""

    code = models.SlugField(max_length=24, primary_key=True)
    name = models.CharField(max_length=80)
    provinces = models.ManyToManyField("address.Province", related_name="+")

    class Meta:
        verbose_name = _("shipping region")
        verbose_name_plural = _("shipping regions")

    def __str__(self) -> str:
        return self.name


class Tariff(models.Model):
    """One agreement on prices. On any day the one that began last is in force."""

    name = models.CharField(max_length=120)
    valid_from = models.DateField(unique=True)
    #: cm³ that weigh as much as one kilogram; carriers use 3,000 to 7,000
    cm3_per_kg = models.PositiveIntegerField(default=6000)
    #: grams of box and padding added to every parcel
    packaging_grams = models.PositiveIntegerField(default=150)
    #: heavier parcels are refused
    max_grams = models.PositiveIntegerField(default=50_000)
    #: where the figures come from; says so when they are an assumption
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["-valid_from"]
        verbose_name = _("shipping tariff")
        verbose_name_plural = _("shipping tariffs")

    def __str__(self) -> str:
        return self.name


class Route(models.Model):
    tariff = models.ForeignKey(Tariff, on_delete=models.CASCADE, related_name="routes")
    origin = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    #: from handing over to the door
    days_min = models.PositiveSmallIntegerField()
    days_max = models.PositiveSmallIntegerField()
    #: whole đồng for each kilogram, or part of it, above the last band
    extra_per_kg = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tariff", "origin", "destination"], name="one_route_per_tariff"),
            models.CheckConstraint(condition=Q(days_min__lte=F("days_max")), name="route_days_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.origin_id} → {self.destination_id}"


class Band(models.Model):
    route = models.ForeignKey(Route, on_delete=models.CASCADE, related_name="bands")
    max_grams = models.PositiveIntegerField()
    #: whole đồng
    charge = models.PositiveIntegerField()

    class Meta:
        ordering = ["route", "max_grams"]
        constraints = [models.UniqueConstraint(fields=["route", "max_grams"], name="one_band_per_weight")]

    def __str__(self) -> str:
        return f"≤ {self.max_grams} g: {self.charge} ₫"

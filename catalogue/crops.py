"""A crop: its names, season, keeping and grades, kept as data (catalogue/data/crops.csv)."""

import uuid
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from marketplace.pagecache import memory

#: cache key of a token that changes whenever a crop does; what is kept in memory about crops hangs on it
CROPS_VERSION = "crops-version"


class SaleMode(models.TextChoices):
    PARCEL = "parcel", _("by parcel")
    WHOLESALE = "wholesale", _("wholesale")
    QUOTE = "quote", _("on quotation")


class Crop(models.Model):
    class Group(models.TextChoices):
        NUTS = "nuts", _("Nuts")
        SPICES = "spices", _("Spices")
        DRINKS = "drinks", _("Coffee and tea")
        FRUIT = "fruit", _("Fruit")
        VEGETABLES = "vegetables", _("Vegetables")
        PANTRY = "pantry", _("Pantry")
        RUBBER = "rubber", _("Rubber")

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    #: Northern, Southern and market names, e.g. "đào lộn hột"
    other_names = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    name_en = models.CharField(max_length=80)
    group = models.CharField(max_length=16, choices=Group.choices)
    #: where its products are listed, besides the categories above that one
    category = models.ForeignKey(
        "catalogue.Category", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    sale_modes = ArrayField(models.CharField(max_length=16, choices=SaleMode.choices), default=list)
    #: 1–12; all twelve for what is stored or made the whole year
    season_months = ArrayField(models.PositiveSmallIntegerField(), default=list)
    #: days that it keeps without cooling once packed
    keeps_days = models.PositiveSmallIntegerField()
    usual_packs = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    grade_standard = models.CharField(max_length=160, blank=True)
    #: which of the facts above have a source: any of "grades", "season"
    confirmed = ArrayField(models.CharField(max_length=16), default=list, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "catalogue"
        ordering = ["position", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        new_crops_version()  # this transaction sees its change at once,
        transaction.on_commit(new_crops_version)  # everybody else after the commit

    @property
    def is_seasonal(self) -> bool:
        return len(self.season_months) < 12

    def in_season(self, month: int) -> bool:
        return month in self.season_months


def new_crops_version() -> str:
    version = uuid.uuid4().hex
    cache.set(CROPS_VERSION, version, None)
    memory.forget()  # this process does not wait until it looks again
    return version


class Grade(models.Model):
    crop = models.ForeignKey(Crop, on_delete=models.CASCADE, related_name="grades")
    code = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        app_label = "catalogue"
        ordering = ["crop", "position"]
        constraints = [models.UniqueConstraint(fields=["crop", "code"], name="one_grade_per_crop_and_code")]

    def __str__(self) -> str:
        return self.code

"""Places of Vietnam since 2025-07-01: province or city, then commune or ward; no district, no postcode."""

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from oscar.apps.address.models import *  # noqa: F403


class Province(models.Model):
    #: two digits of the General Statistics Office
    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80)
    #: "province" or "city", dated data: it changes by resolution, codes do not
    kind = models.CharField(max_length=16)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Commune(models.Model):
    #: five digits of the General Statistics Office; names repeat across the country, codes do not
    code = models.CharField(max_length=5, primary_key=True)
    #: with its kind in front, as people write it: "Xã Bù Đăng", "Phường Đồng Xoài"
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=16)
    province = models.ForeignKey(Province, on_delete=models.PROTECT, related_name="communes")
    latitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    longitude = models.DecimalField(max_digits=8, decimal_places=5, null=True)
    #: fold(name + province), what the search box compares with
    folded = models.CharField(max_length=200)
    #: day of the source that the row was last loaded from
    source_date = models.DateField()

    class Meta:
        ordering = ["name"]
        indexes = [GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="commune_folded_trgm")]

    def __str__(self) -> str:
        return f"{self.name}, {self.province.name}"


class CommuneAlias(models.Model):
    """A former ward with its district and province, and the commune that it became."""

    old_ward_code = models.CharField(max_length=5)
    old_province = models.CharField(max_length=80)
    old_district = models.CharField(max_length=80)
    old_ward = models.CharField(max_length=120, blank=True)
    commune = models.ForeignKey(Commune, on_delete=models.CASCADE, related_name="aliases")
    #: the former ward was divided between several communes: ask, do not decide
    was_divided = models.BooleanField(default=False)
    folded = models.CharField(max_length=300)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["old_ward_code", "commune"], name="one_alias_per_ward_and_commune"
            ),
        ]
        indexes = [GinIndex(fields=["folded"], opclasses=["gin_trgm_ops"], name="alias_folded_trgm")]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.old_ward, self.old_district, self.old_province) if part)

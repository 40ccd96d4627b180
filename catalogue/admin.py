"""What platform staff may set right; sellers have their own console."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from oscar.core.loading import get_model

from catalogue.models import Crop, Grade, Product, ProductImage
from catalogue.services import crop_saved

Category = get_model("catalogue", "Category")


class ProductImageInline(admin.TabularInline):
    model = ProductImage
    fields = ["image", "display_order"]
    raw_id_fields = ["image"]
    extra = 0


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["title", "seller", "crop", "grade", "is_public", "date_updated"]
    list_filter = ["is_public", "sale_mode", "crop"]
    list_select_related = ["seller", "crop", "grade"]
    search_fields = ["title", "seller__name"]
    fields = [
        "title",
        "seller",
        "crop",
        "grade",
        "sale_mode",
        "pack_grams",
        "pack_label",
        "commune",
        "harvest_month",
        "description",
        "is_public",
    ]
    raw_id_fields = ["seller", "commune"]
    inlines = [ProductImageInline]


class GradeInline(admin.TabularInline):
    model = Grade
    extra = 0


@admin.register(Crop)
class CropAdmin(admin.ModelAdmin):
    list_display = ["name", "other_names", "group", "keeps_days", "season_months"]
    list_filter = ["group"]
    search_fields = ["name", "other_names"]
    inlines = [GradeInline]

    def save_model(self, request: HttpRequest, obj: Crop, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        crop_saved(obj)

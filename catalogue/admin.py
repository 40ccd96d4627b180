from django.contrib import admin

from .models import Crop, Product


@admin.register(Product)
class ProductAdmin(admin.ModelAdmin):
    list_display = ["title", "seller", "crop", "is_public"]
    list_filter = ["crop", "is_public"]
    search_fields = ["title"]
    fields = [
        "title",
        "seller",
        "crop",
        "grade",
        "sale_mode",
        "pack_grams",
        "pack_label",
        "commune",
        "is_public",
    ]
    raw_id_fields = ["seller", "commune"]


@admin.register(Crop)
class CropAdmin(admin.ModelAdmin):
    list_display = ["name", "group", "keeps_days"]

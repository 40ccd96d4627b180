from django.contrib import admin

from .models import Route, Tariff


class RouteInline(admin.TabularInline):
    model = Route
    extra = 0


@admin.register(Tariff)
class TariffAdmin(admin.ModelAdmin):
    """Staff see which tariff is in force and where its figures come from."""

    list_display = ["name", "valid_from", "source"]
    inlines = [RouteInline]

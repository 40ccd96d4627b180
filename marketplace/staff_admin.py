"""Django's admin for the platform's staff, without the tables that nobody handles there."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig

#: Apps that register tables which no page of ours uses, or which have a better place in /cms/.
_UNUSED = ("basket", "offer", "voucher", "communication", "account", "sites", "taggit", "wagtaildocs")


class StaffAdminConfig(AdminConfig):
    def ready(self) -> None:
        super().ready()
        for label in _UNUSED:
            for model in apps.get_app_config(label).get_models():
                if admin.site.is_registered(model):
                    admin.site.unregister(model)

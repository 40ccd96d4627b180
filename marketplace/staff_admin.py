"""The staff tools of Django and Wagtail, as far as they have to know our house."""

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from wagtail.users.apps import WagtailUsersAppConfig

#: Apps that register tables which no page of ours uses, or which have a better place in /cms/.
_UNUSED = ("basket", "offer", "voucher", "communication", "account", "mfa", "sites", "taggit", "wagtaildocs")


class StaffAdminConfig(AdminConfig):
    """Django's admin without the tables that nobody handles there."""

    def ready(self) -> None:
        super().ready()
        for label in _UNUSED:
            for model in apps.get_app_config(label).get_models():
                if admin.site.is_registered(model):
                    admin.site.unregister(model)


class CmsUsersConfig(WagtailUsersAppConfig):
    user_viewset = "marketplace.accounts.cms_users.PersonViewSet"

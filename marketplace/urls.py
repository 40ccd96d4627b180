"""Every door of the house: the staff's tools and, in public_urls, what everybody else comes for."""

from django.contrib import admin
from django.urls import include, path
from wagtail.admin import urls as wagtailadmin_urls

from marketplace.accounts.views import staff_login
from marketplace.public_urls import urlpatterns as public
from marketplace.staff_doors import ADMIN, CMS

urlpatterns = [
    path(ADMIN[1:], admin.site.urls),
    path(f"{CMS[1:]}login/", staff_login, name="staff_login"),
    path(CMS[1:], include(wagtailadmin_urls)),
    *public,
]

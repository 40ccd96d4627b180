"""Every door but the staff's own tools. Provider notifications and machines' pages have no language prefix."""

from django.conf import settings
from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from django.views.generic import RedirectView
from django.views.static import serve
from wagtail import urls as wagtail_urls

from marketplace.accounts.views import demo_codes
from marketplace.content.serving import serve_page

urlpatterns = [
    path("", include("marketplace.health.urls")),
    path("", include("payments.notification_urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("thu/ma-dang-nhap/", demo_codes, name="demo_codes"),
]
if settings.DEMO:
    urlpatterns.append(re_path(r"^media/(?P<path>.*)$", serve, {"document_root": settings.MEDIA_ROOT}))
urlpatterns += i18n_patterns(
    path("san-pham/", include("catalogue.urls")),
    path("", include("marketplace.content.urls")),
    path("dia-chi/", include("marketplace.address.urls")),
    path("", include("marketplace.checkout.urls")),
    path("don-hang/", include("payments.urls")),
    path("don-hang/", include("marketplace.tracking.urls")),
    path("tai-khoan/", include("marketplace.accounts.urls")),
    path("ban-hang/", include("farmers.workspace.urls")),
    path("ban-tien/", include("payments.desk.urls")),
    path("_util/login/", RedirectView.as_view(pattern_name="account_login", query_string=True)),
    re_path(wagtail_urls.serve_pattern, serve_page, name="wagtail_serve"),
    path("", include(wagtail_urls)),
    prefix_default_language=False,
)

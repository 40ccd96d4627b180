"""What every way of running shares. Secrets and addresses come from the environment (see env.py)."""

import logging
from pathlib import Path

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from . import env
from .money import *  # noqa: F403
from .oscar import *  # noqa: F403
from .services import database_url, redis_url

ROOT = Path(__file__).resolve().parents[2]
VAR = env.folder("VAR_DIR", ROOT / "var")

DEBUG = False
SITE_NAME = "Nông Sản Bình Phước"
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
#: Whom buyers and farms call, as it is read aloud. The one here is nobody's.
MARKET_PHONE = env.text("MARKET_PHONE", "0271 000 0000")
#: True only where a visitor may see simulators and login codes; production refuses it.
DEMO = False

OWN_APPS = [
    "marketplace.accounts",
    "marketplace.outbox",
    "marketplace.messaging",
    "marketplace.images",
    "marketplace.content",
    "marketplace.health",
    "marketplace.demo",
    "farmers",
    "farmers.workspace",
    "payments",
    "payments.ledger",
    "payments.commission",
    "payments.tax",
    "payments.payouts",
    "payments.claims",
    "payments.reconciliation",
    "payments.audit",
    "payments.desk",
]
OSCAR_APPS = [
    "marketplace.address.apps.AddressConfig",
    "marketplace.shipping.apps.ShippingConfig",
    "marketplace.order.apps.OrderConfig",
    "marketplace.checkout.apps.CheckoutConfig",
    "catalogue.apps.CatalogueConfig",
    "farmers.partner.apps.PartnerConfig",
    "marketplace.oscar_apps.BasketConfig",
    "marketplace.oscar_apps.OfferConfig",
    "oscar.apps.voucher.apps.VoucherConfig",
    "oscar.apps.communication.apps.CommunicationConfig",
    "haystack",
    "treebeard",
]
WAGTAIL_APPS = [
    "marketplace.cms_apps.RedirectsConfig",
    "wagtail.embeds",
    "wagtail.sites",
    "marketplace.staff_admin.CmsUsersConfig",
    "marketplace.cms_apps.SnippetsConfig",
    "marketplace.cms_apps.DocumentsConfig",
    "marketplace.cms_apps.ImagesConfig",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
]
DJANGO_APPS = [
    "marketplace.staff_admin.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sites",
    "django.contrib.humanize",  # brings the Vietnamese of the CMS's "3 minutes ago"
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_structlog",
    "csp",
]
INSTALLED_APPS = OWN_APPS + OSCAR_APPS + WAGTAIL_APPS + DJANGO_APPS

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "marketplace.content_policy.ContentPolicyMiddleware",
    "marketplace.staff_doors.PublicDoorsMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "marketplace.accounts.second_factor.SecondFactorMiddleware",
]

ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "libraries": {"fragments": "marketplace.pagecache.fragments"},
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- data ---------------------------------------------------------------------------------------------
DATABASES = {
    "default": {
        **env.database(database_url(VAR)),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
}
#: Oscar's own migrations are eleven years long and lean on apps we do not have (docs/adr/0002).
MIGRATION_MODULES = {
    app: f"marketplace.oscar_migrations.{app}" for app in ("basket", "offer", "voucher", "communication")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = redis_url(VAR)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "nongsan",
        "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

# --- Celery: the fast path; the outbox table is the truth -----------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
#: without the two, a broker that takes a connection and is silent would hold a checkout for ever
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 900,
    "socket_connect_timeout": 3,
    "socket_timeout": 5,
}
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 30
CELERY_TIMEZONE = "Asia/Ho_Chi_Minh"
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_BEAT_SCHEDULE = {
    "pulse": {"task": "marketplace.health.tasks.beat_arrived", "schedule": 15.0},
    "sweep-outbox": {"task": "marketplace.outbox.tasks.sweep", "schedule": 30.0},
    "expire-unpaid": {"task": "payments.tasks.expire_unpaid", "schedule": 60.0},
    "ask-rails": {"task": "payments.tasks.ask_rails", "schedule": 60.0},
    "look-after-refunds": {"task": "payments.tasks.look_after_refunds", "schedule": 120.0},
    "reconcile-rails": {"task": "payments.reconciliation.tasks.reconcile", "schedule": 3600.0},
    "audit-money": {"task": "payments.audit.tasks.audit", "schedule": 3600.0},
    "repair-listings": {"task": "catalogue.tasks.repair_listings", "schedule": crontab(hour=0, minute=20)},
    "forget-unproven-numbers": {"task": "marketplace.accounts.tasks.forget_unproven", "schedule": 3600.0},
}
#: kind of outbox job -> function(payload) that does it.
OUTBOX_HANDLERS = {
    "message": "marketplace.messaging.delivery.deliver",
    "renditions": "marketplace.images.renditions.make",
    "picture_ready": "catalogue.listing.refresh.picture_ready",
    "crop_changed": "catalogue.listing.refresh.crop_changed",
    "settle_notification": "payments.notifications.settle",
    "report_notification": "payments.reconciliation.reports.report_notification",
    "report_paid_late": "payments.reconciliation.reports.report_paid_late",
    "apply_rest": "payments.reconciliation.statements.apply_rest",
    "match_transfer": "payments.reconciliation.catching_up.match_transfer",
    "send_refund": "payments.sending.send_refund",
    "ask_provider": "payments.inquiries.ask_provider",
    "close_page": "payments.giving_up.close_page",
    "held_too_long": "payments.inquiries.held_too_long",
    "give_back_parcel": "payments.parcel_refunds.give_back_parcel",
    "parcel_handed_over": "payments.handover.parcel_handed_over",
    "parcel_delivered": "payments.claims.notices.parcel_delivered",
    "refund_owed": "payments.refund_notices.refund_owed",
    "refund_failed": "payments.refund_notices.refund_failed",
    "refund_sent": "payments.refund_notices.refund_sent",
    "count_cash": "payments.cash.count_cash",
    "cash_handed_over": "payments.cash.cash_handed_over",
    "fill_payout_batch": "payments.payouts.services.fill_batch",
}
#: tried in this order for every message; SMS and Zalo ZNS will join here
MESSAGE_CHANNELS = [
    "marketplace.messaging.channels.ConsoleChannel",
    "marketplace.messaging.channels.EmailChannel",
]
LOGIN_CODE_CHANNEL = "marketplace.messaging.channels.ConsoleChannel"

# --- people ---------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
#: function(user, old number), in the transaction in which staff change somebody's number; stalls name theirs here
PHONE_CHANGED = "farmers.partner.phones.phone_changed"
AUTHENTICATION_BACKENDS = ["marketplace.accounts.backends.CodeOnlyBackend"]
ACCOUNT_ADAPTER = "marketplace.accounts.adapter.PhoneAccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone"}
ACCOUNT_SIGNUP_FIELDS = ["phone*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 300
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_SESSION_REMEMBER = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
#: proxies of ours in front, each of which adds to X-Forwarded-For; too few and all visitors share one limit
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("TRUSTED_PROXY_COUNT", 0)
#: seconds between two codes for one number
LOGIN_CODE_WAIT = 60
ACCOUNT_RATE_LIMITS = {
    "request_login_code": f"10/h/ip,1/{LOGIN_CODE_WAIT}s/key,5/d/key",
    "find_order": "20/10m/ip,10/h/key",
    "send_order_link": "10/h/ip,3/h/key",
    "fresh_code": f"1/{LOGIN_CODE_WAIT}s/key,5/d/key",
}
ACCOUNT_EMAIL_VERIFICATION = "none"
#: seconds for which a fresh code of the app covers money actions
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
MFA_ADAPTER = "marketplace.accounts.second_factor.StaffFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
#: codes before and after the current one that count too, for phones whose clock is a little off
MFA_TOTP_TOLERANCE = 1
#: staff are signed out after this long without a staff page, and give their second factor anew after that long
STAFF_IDLE_SECONDS = 30 * 60
STAFF_SESSION_SECONDS = 8 * 3600
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "account_home"
LOGOUT_REDIRECT_URL = "/"
SITE_ID = 1
PHONENUMBER_DEFAULT_REGION = "VN"

# --- language, time -------------------------------------------------------------------------------------
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
LOCALE_PATHS = [ROOT / "marketplace" / "locale"]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

# --- files ----------------------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = env.folder("STATIC_ROOT", VAR / "static")
STATICFILES_DIRS = [ROOT / "marketplace" / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "marketplace.stylesheet.StylesheetFinder",
]
MEDIA_URL = "/media/"
MEDIA_ROOT = env.folder("MEDIA_ROOT", VAR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024

# --- Wagtail --------------------------------------------------------------------------------------------
WAGTAIL_SITE_NAME = SITE_NAME
WAGTAILADMIN_BASE_URL = SITE_URL
WAGTAILADMIN_LOGIN_URL = "staff_login"
WAGTAIL_PASSWORD_MANAGEMENT_ENABLED = False
WAGTAILUSERS_PASSWORD_ENABLED = False
WAGTAIL_ALLOW_UNICODE_SLUGS = False
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAILIMAGES_IMAGE_MODEL = "images.MarketImage"
WAGTAILIMAGES_IMAGE_FORM_BASE = "marketplace.images.forms.CleanImageForm"
WAGTAILIMAGES_EXTENSIONS = ["jpg", "jpeg", "png", "webp", "heic"]
WAGTAILIMAGES_MAX_IMAGE_PIXELS = 40_000_000
WAGTAILIMAGES_MAX_UPLOAD_SIZE = 8 * 1024 * 1024
#: "simple": the server's default configuration may stem English out of Vietnamese words
WAGTAILSEARCH_BACKENDS = {
    "default": {"BACKEND": "wagtail.search.backends.database", "SEARCH_CONFIG": "simple"}
}

# --- security -------------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
    },
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": ["self"],
    "geolocation": [],
    "microphone": [],
    "payment": [],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True

# --- mail ---------------------------------------------------------------------------------------------
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <khong-tra-loi@localhost>")

# --- logs -----------------------------------------------------------------------------------------------
LOGGING_CONFIG = "marketplace.logs.configure"
LOGGING = {"level": env.text("LOG_LEVEL", "INFO"), "form": "json"}
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_STATUS_START_LOG_LEVEL = logging.DEBUG
DJANGO_STRUCTLOG_CELERY_TASK_START_LOG_LEVEL = logging.DEBUG
#: asking who is signed in costs two queries, also on pages that do not care
DJANGO_STRUCTLOG_USER_ID_FIELD = None
#: the server before us logs addresses, which are personal data, and deletes them in time
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False

"""What every way of running shares. Secrets and addresses come from the environment (see env.py)."""

import logging
from pathlib import Path

from celery.schedules import crontab
from django.utils.translation import gettext_lazy as _

from . import env
from .oscar import *  # noqa: F403
from .services import database_url, redis_url

ROOT = Path(__file__).resolve().parents[2]
VAR = env.folder("VAR_DIR", ROOT / "var")

DEBUG = False
SITE_NAME = "Nông Sản Bình Phước"
SITE_URL = env.text("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
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
    "match_transfer": "payments.reconciliation.late_notices.match_transfer",
    "send_refund": "payments.sending.send_refund",
    "ask_provider": "payments.inquiries.ask_provider",
    "give_back_parcel": "payments.parcel_refunds.give_back_parcel",
    "parcel_handed_over": "payments.handover.parcel_handed_over",
    "parcel_delivered": "payments.claims.notices.parcel_delivered",
    "refund_owed": "payments.refund_notices.refund_owed",
    "refund_failed": "payments.refund_notices.refund_failed",
    "refund_sent": "payments.refund_notices.refund_sent",
    "count_cash": "payments.cash.count_cash",
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

# --- money ----------------------------------------------------------------------------------------------
#: code -> provider class, for every way to pay there is. Nothing is imported before it is needed.
PAYMENT_PROVIDERS = {
    "vietqr": "payments.providers.vietqr.provider.VietQRProvider",
    "momo": "payments.providers.momo.provider.MoMoProvider",
    "zalopay": "payments.providers.zalopay.provider.ZaloPayProvider",
    "vnpay": "payments.providers.vnpay.provider.VNPayProvider",
    "stripe": "payments.providers.stripe.provider.StripeProvider",
    "cash_on_delivery": "payments.providers.cash_on_delivery.provider.CashOnDeliveryProvider",
}
#: The ways buyers are offered, in this order.
PAYMENT_RAILS = env.choices("PAYMENT_RAILS", "vietqr,cash_on_delivery", PAYMENT_PROVIDERS)
#: code in /thanh-toan/<code>/ipn -> class that verifies and reads what is sent there.
PAYMENT_NOTIFIERS = {
    "sepay": "payments.providers.sepay.notifier.SePayNotifier",
    "payos": "payments.providers.payos.notifier.PayOSNotifier",
    "casso": "payments.providers.casso.notifier.CassoNotifier",
    "momo": "payments.providers.momo.report.MoMoNotifier",
    "zalopay": "payments.providers.zalopay.report.ZaloPayNotifier",
    "vnpay": "payments.providers.vnpay.report.VNPayNotifier",
    "stripe": "payments.providers.stripe.provider.StripeProvider",
}
BANK_NOTIFIER_CODES = ("sepay", "payos", "casso")
#: Who reports the transfers of vietqr. Two of them on one account would report each transfer twice.
BANK_NOTIFIERS = env.choices("BANK_NOTIFIERS", "sepay", BANK_NOTIFIER_CODES)
#: The account that buyers transfer to: BIN of the bank (NAPAS list), account number, holder.
BANK_BIN = env.text("BANK_BIN", "970436")
DEMO_BANK_ACCOUNT = "0123499999"
BANK_ACCOUNT = env.text("BANK_ACCOUNT", DEMO_BANK_ACCOUNT)
BANK_ACCOUNT_NAME = env.text("BANK_ACCOUNT_NAME", "NONG SAN BINH PHUOC")
SEPAY_SECRET = env.text("SEPAY_SECRET", "sepay-demo-secret")
PAYOS_CHECKSUM_KEY = env.text("PAYOS_CHECKSUM_KEY", "payos-demo-checksum-key")
CASSO_SECRET = env.text("CASSO_SECRET", "casso-demo-secret")
#: The only hosts that we ask, and that buyers are sent to, each by https and its exact name.
RAIL_HOSTS = {
    #: the second is the page of real payments, as public projects have it [UNCONFIRMED 2026-11]; add the API's
    "vnpay": env.words("VNPAY_HOSTS", "sandbox.vnpayment.vn,pay.vnpay.vn"),
    "momo": env.words("MOMO_HOSTS", "test-payment.momo.vn,payment.momo.vn"),
    #: the last three are pages, from answers that public projects recorded [UNCONFIRMED 2026-11]
    "zalopay": env.words(
        "ZALOPAY_HOSTS",
        "sb-openapi.zalopay.vn,openapi.zalopay.vn,"
        "qcgateway.zalopay.vn,sbgateway.zalopay.vn,gateway.zalopay.vn",
    ),
    #: a domain of one's own for Stripe's page has to be added (docs.stripe.com/payments/checkout, 2026-11)
    "stripe": env.words("STRIPE_HOSTS", "api.stripe.com,checkout.stripe.com"),
}
#: where pretended rails run, by http and on any port; nowhere in production
SIMULATOR_HOSTS: list[str] = []
#: The rails' sandboxes; limits in đồng that a provider has not confirmed can be set.
VNPAY_PAY_URL = env.text("VNPAY_PAY_URL", "https://sandbox.vnpayment.vn/paymentv2/vpcpay.html")
VNPAY_API_URL = env.text("VNPAY_API_URL", "https://sandbox.vnpayment.vn/merchant_webapi/api/transaction")
VNPAY_TMN_CODE = env.text("VNPAY_TMN_CODE", "NSBPdemo")
VNPAY_SECRET = env.text("VNPAY_SECRET", "vnpay-demo-secret")
#: [UNCONFIRMED 2026-11] the words of VNPAY's own page; no document has them
VNPAY_MINIMUM = env.integer("VNPAY_MINIMUM", 5_000)
VNPAY_MAXIMUM = env.integer("VNPAY_MAXIMUM", 999_999_999)
MOMO_URL = env.text("MOMO_URL", "https://test-payment.momo.vn")
MOMO_PARTNER_CODE = env.text("MOMO_PARTNER_CODE", "MOMOdemo")
MOMO_ACCESS_KEY = env.text("MOMO_ACCESS_KEY", "momo-demo-access-key")
MOMO_SECRET = env.text("MOMO_SECRET", "momo-demo-secret")
ZALOPAY_URL = env.text("ZALOPAY_URL", "https://sb-openapi.zalopay.vn")
ZALOPAY_APP_ID = env.integer("ZALOPAY_APP_ID", 2553)
ZALOPAY_KEY1 = env.text("ZALOPAY_KEY1", "zalopay-demo-key1")
ZALOPAY_KEY2 = env.text("ZALOPAY_KEY2", "zalopay-demo-key2")
#: [UNCONFIRMED 2026-11] ZaloPay publishes no limits; these are an ordinary wallet's
ZALOPAY_MINIMUM = env.integer("ZALOPAY_MINIMUM", 1_000)
ZALOPAY_MAXIMUM = env.integer("ZALOPAY_MAXIMUM", 50_000_000)
STRIPE_API_URL = env.text("STRIPE_API_URL", "https://api.stripe.com")
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", "sk_test_demo")
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", "whsec_demo")
#: [UNCONFIRMED 2026-11] Stripe's least is about 0.50 US$ after conversion
STRIPE_MINIMUM = env.integer("STRIPE_MINIMUM", 20_000)
#: Where the pretended bank listens; 0: there is none. Production refuses it.
BANK_SIMULATOR_PORT = env.integer("BANK_SIMULATOR_PORT", 0)
#: Who is told of money that only a person can settle.
MONEY_DESK_EMAIL = env.text("MONEY_DESK_EMAIL", "ban-tien@localhost")
#: hours that a rail has to make a refund, or to know of it; after that a person decides what becomes of it
REFUND_UNSURE_HOURS = env.integer("REFUND_UNSURE_HOURS", 24)
#: đồng; an order above this cannot be paid at the door. A choice of ours, to be reviewed by the platform.
CASH_ON_DELIVERY_CAP = env.integer("CASH_ON_DELIVERY_CAP", 3_000_000)
#: hours after it was ordered that an unpaid order keeps its goods while a rail looks whether a payment is a fraud
HELD_PAYMENT_HOURS = env.integer("HELD_PAYMENT_HOURS", 24)
#: hours between a seller's change of bank account and its first use; payouts to the seller wait meanwhile
PAYOUT_ACCOUNT_FREEZE_HOURS = env.integer("PAYOUT_ACCOUNT_FREEZE_HOURS", 48)
#: function(pks of parcels) -> those of them with an open claim, whose money has to wait; claims name theirs here
PAYOUT_DISPUTES = ["payments.claims.services.disputed"]

EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
DEFAULT_FROM_EMAIL = env.text("DEFAULT_FROM_EMAIL", f"{SITE_NAME} <khong-tra-loi@localhost>")
HAYSTACK_CONNECTIONS = {"default": {"ENGINE": "haystack.backends.simple_backend.SimpleEngine"}}

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

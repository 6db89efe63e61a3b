"""Django's settings, from what `environment.read` found. Wiring only: every choice with a reason is made there."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _
from kombu import Queue

from drillyard.config import databases, environment, logs

BASE_DIR: Final = Path(__file__).resolve().parents[3]
ENVIRONMENT: Final = environment.read(BASE_DIR)
DRILLYARD: environment.Configuration = ENVIRONMENT.configuration
_PRODUCTION: Final = DRILLYARD.production

DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.csrf_trusted_origins

INSTALLED_APPS = [
    "drillyard.web",
    "drillyard.progress",
    "drillyard.practice",
    "drillyard.labwork",
    "drillyard.enrolment",
    "drillyard.accounts",
    "drillyard.catalog",
    "drillyard.records",
    "drillyard.config",
    "allauth",
    "allauth.account",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "drillyard.config.middleware.request_log_middleware",
    "drillyard.config.middleware.no_store_with_nonce_middleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "drillyard.config.middleware.static_files_middleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "drillyard.accounts.middleware.time_zone_middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]

ROOT_URLCONF = "drillyard.config.urls"
ASGI_APPLICATION = "drillyard.config.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.template.context_processors.tz",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "drillyard.web.context_processors.page",
            ],
        },
    }
]

# ---------------------------------------------------------------------------------------------- database, cache, queue

DATABASES = {"default": databases.database(ENVIRONMENT.database)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {"default": ENVIRONMENT.cache}  # allauth's rate limits need a cache that remembers

CELERY_BROKER_URL = ENVIRONMENT.broker_url
if CELERY_BROKER_URL.startswith("filesystem:"):
    CELERY_BROKER_TRANSPORT = "drillyard.config.broker:Transport"
    CELERY_BROKER_TRANSPORT_OPTIONS = databases.broker_folders(DRILLYARD.var / "broker")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_DEFAULT_QUEUE = "live"
CELERY_TASK_QUEUES = [Queue(lane) for lane in ("live", "regrade", "verification")]
CELERY_WORKER_POOL = "threads"
CELERY_WORKER_CONCURRENCY = DRILLYARD.grading.concurrency
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_ENABLE_UTC = True

# ------------------------------------------------------------------------------------------------------------- people

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
ACCOUNT_ADAPTER = "drillyard.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory" if _PRODUCTION else "optional"
ACCOUNT_PREVENT_ENUMERATION = _PRODUCTION
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""

# ----------------------------------------------------------------------------------------------------------- language

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "platform" / "drillyard" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 86_400

# -------------------------------------------------------------------------------------------------------------- static

STATIC_URL = "static/"
STATIC_ROOT = (
    DRILLYARD.var / "static"
)  # `collectstatic` fills it; a local installation serves from the rooms themselves
if not _PRODUCTION:
    STATIC_ROOT.mkdir(parents=True, exist_ok=True)
WHITENOISE_USE_FINDERS = not _PRODUCTION
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if _PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * DRILLYARD.submissions.bytes_max
FILE_UPLOAD_MAX_MEMORY_SIZE = DRILLYARD.submissions.bytes_max
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_NUMBER_FILES = DRILLYARD.submissions.files_max + 4

# -------------------------------------------------------------------------------------------------------------- e-mail

EMAIL_BACKEND = ENVIRONMENT.email["EMAIL_BACKEND"]
EMAIL_HOST = ENVIRONMENT.email.get("EMAIL_HOST", "")
EMAIL_PORT = ENVIRONMENT.email.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = ENVIRONMENT.email.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = ENVIRONMENT.email.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = bool(ENVIRONMENT.email.get("EMAIL_USE_TLS", False))
EMAIL_USE_SSL = bool(ENVIRONMENT.email.get("EMAIL_USE_SSL", False))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = ENVIRONMENT.email.get("DEFAULT_FROM_EMAIL") or "drillyard@localhost"

# ------------------------------------------------------------------------------------------------------------- headers

# A nonce is in the header only where a page asks for one; `no_store_with_nonce_middleware` keeps such a page out of
# caches.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
        "frame-ancestors": [NONE],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
        "magnetometer", "microphone", "midi", "payment", "screen-wake-lock", "usb", "xr-spatial-tracking",
    )
}  # fmt: skip
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = _PRODUCTION
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = _PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 365 * 86_400 if _PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = False
if ENVIRONMENT.tls_proxied:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# ---------------------------------------------------------------------------------------------------------------- logs

LOGGING_CONFIG = None
logs.configure(level=ENVIRONMENT.log_level, as_json=ENVIRONMENT.log_json)

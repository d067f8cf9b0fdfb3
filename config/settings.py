"""Settings of the project, filled from the environment; with an empty one everything runs on this machine."""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.accounts import (
    accounts_from,
    allow_accounts,
    allow_packs,
    live_accounts_from,
    pack_accounts_from,
)
from config.carriers import carriers_from
from config.live import allow_events, bus_from
from config.secret import local_secret_key
from livestream.scopes import SCOPES

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
env.read_env(BASE_DIR / ".env")
VAR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
(VAR / "static").mkdir(parents=True, exist_ok=True)

DEBUG = env.bool("DEBUG", default=False)
DEMO = env.bool("DEMO", default=False)
PROCESSES = env.int("PROCESSES", default=1)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
SECRET_KEY_IS_SET = bool(env.str("SECRET_KEY", default=""))
SECRET_KEY = env.str("SECRET_KEY", default="") or local_secret_key(VAR)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "django_q",
    "ninja",
    "oauth2_provider",
    "config",
    *(["config.demo"] if DEMO else []),
    "gifting",
    "livestream",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# -- Database: SQLite in WAL mode, or whatever DATABASE_URL names

DATABASES = {"default": env.db_url("DATABASE_URL", default=f"sqlite:///{VAR / 'db.sqlite3'}")}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
else:
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["CONN_MAX_AGE"] = env.int("CONN_MAX_AGE", default=60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- Redis, where there is one, carries the cache and the queue

REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL:
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_connect_timeout": 2, "socket_timeout": 2},
        }
    }
Q_CLUSTER = {
    "name": "giftcast",
    "workers": env.int("WORKERS", default=2),
    "timeout": 320,
    "retry": 330,
    "max_attempts": 1,
    "catch_up": False,
    "label": _("Background jobs"),
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default", "poll": 0.2}),
}

# -- Files

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
S3_BUCKET = env.str("S3_BUCKET", default="")
DISK = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": VAR / "media"}}
S3 = {
    "BACKEND": "storages.backends.s3.S3Storage",
    "OPTIONS": {"bucket_name": S3_BUCKET, "file_overwrite": False},
}
STORAGES = {
    "default": S3 if S3_BUCKET else DISK,
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True

# -- Mail: kept in files until EMAIL_URL names a server

EMAIL_FILE_PATH = VAR / "mail"
if env.str("EMAIL_URL", default=""):
    vars().update(env.email_url("EMAIL_URL"))
    if env.str("EMAIL_URL").startswith("smtp"):
        EMAIL_BACKEND = "gifting.smtp.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Giftcast <gifts@localhost>")

# -- Languages

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French")), ("de", _("German")), ("es", _("Spanish"))]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True

# -- Safety

HTTPS = PUBLIC_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)
SECURE_REDIRECT_EXEMPT = [r"^live/hooks/"]  # nginx-rtmp takes a redirect for a yes
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0)
X_FRAME_OPTIONS = "DENY"
S3_ORIGIN = env.str("S3_ORIGIN", default=f"https://{S3_BUCKET}.s3.amazonaws.com" if S3_BUCKET else "")
EVENTS_URL = env.str("EVENTS_URL", default="/live/events/")
ACCOUNTS = accounts_from(env)
PACK_ACCOUNTS = pack_accounts_from(env)
DIRECTIVES = {
    "default-src": [SELF],
    "img-src": list(filter(None, [SELF, "data:", "blob:", S3_ORIGIN])),
    "media-src": list(filter(None, [SELF, "blob:", S3_ORIGIN])),
    "object-src": [NONE],
    "base-uri": [NONE],
    "form-action": [SELF],
    "frame-ancestors": [NONE],
}
DIRECTIVES = allow_packs(allow_accounts(DIRECTIVES, ACCOUNTS), PACK_ACCOUNTS)
CONTENT_SECURITY_POLICY = {"DIRECTIVES": allow_events(DIRECTIVES, EVENTS_URL)}
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# -- The apps

GIFTING = {
    "PUBLIC_BASE_URL": PUBLIC_BASE_URL,
    "PROCESSES": PROCESSES,
    "CARRIERS": carriers_from(env, demo_key=SECRET_KEY if DEMO else ""),
    "BACKENDS": ACCOUNTS,
    "PACK_BACKENDS": PACK_ACCOUNTS,
    "MAX_VIDEO_SECONDS": env.int("MAX_VIDEO_SECONDS", default=60),
    "MAX_UPLOAD_BYTES": env.int("MAX_UPLOAD_BYTES", default=300_000_000),
    "RATE_LIMIT_PER_MINUTE": env.int("RATE_LIMIT_PER_MINUTE", default=600),
    "GIFT_PACK_EXPIRES_DAYS": env.int("GIFT_PACK_EXPIRES_DAYS", default=0),
    "GIFT_PACK_NOTICE_URL": env.str("GIFT_PACK_NOTICE_URL", default=""),
    "GIFT_PACK_NOTICE_SECRET": env.str("GIFT_PACK_NOTICE_SECRET", default=""),
    "GIFT_PACK_NOTICE_MAIL": env.str("GIFT_PACK_NOTICE_MAIL", default=""),
    "MEDIA_DELIVERY": env.str("MEDIA_DELIVERY", default="redirect" if S3_BUCKET else "stream"),
}

LIVESTREAM = {
    "PUBLIC_BASE_URL": PUBLIC_BASE_URL,
    "PROCESSES": PROCESSES,
    "RATE_LIMIT_PER_MINUTE": env.int("RATE_LIMIT_PER_MINUTE", default=600),
    "BUS": bus_from(env, redis_url=REDIS_URL),
    "EVENTS_URL": EVENTS_URL,
    "HLS_JS_URL": env.str("HLS_JS_URL", default=""),
    "REMINDER_MINUTES": env.int("REMINDER_MINUTES", default=15),
    "BACKENDS": live_accounts_from(env),
    "MIRROR_MINUTES": env.int("MIRROR_MINUTES", default=10),
    "HLS_BASE_URL": env.str("HLS_BASE_URL", default=""),
    "RECORDINGS_DIR": env.str("RECORDINGS_DIR", default=""),
    "HOOK_SECRET": env.str("LIVE_HOOK_SECRET", default=""),
    "EXPIRE_GRACE_MINUTES": env.int("EXPIRE_GRACE_MINUTES", default=180),
    "PAUSE_ENDS_AFTER_MINUTES": env.int("PAUSE_ENDS_AFTER_MINUTES", default=0),
    "MEDIA_DELIVERY": env.str("MEDIA_DELIVERY", default="redirect" if S3_BUCKET else "stream"),
}
OAUTH2_PROVIDER = {
    "SCOPES": SCOPES,
    "PKCE_REQUIRED": True,
    "ACCESS_TOKEN_EXPIRE_SECONDS": 3600,
    "REFRESH_TOKEN_EXPIRE_SECONDS": 30 * 86_400,
    "ROTATE_REFRESH_TOKEN": True,
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    # What RFC 9700 asks for: no implicit grant, no passwords, S256 only, tokens in headers only and hashed.
    "COMPLIANT_BCP_RFC9700_IMPLICIT_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PASSWORD_GRANT": True,
    "COMPLIANT_BCP_RFC9700_PKCE_METHOD": True,
    "COMPLIANT_BCP_RFC9700_ACCESS_TOKEN_TRANSPORT": True,
    "COMPLIANT_BCP_RFC9700_AUTHZ_RESPONSE_ISS": True,
    "COMPLIANT_BCP_RFC9700_TOKEN_STORAGE": True,
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {name: {"level": "WARNING"} for name in ("fontTools", "pikepdf", "weasyprint")},
}

"""Settings from the environment only. Reading them writes nothing; `server.setup` prepares HOME.

Nothing of ours is imported here: what it imports may ask for the settings while they are read.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _


def _flag(name: str) -> bool:
    return os.environ.get(name, "").casefold() in ("1", "true", "yes", "on")


def _number(name: str, usual: float) -> float:
    stated = os.environ.get(name, "")
    try:
        return float(stated) if stated else usual
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} should be a number") from error


def _secret_key() -> str:
    if stated := os.environ.get("BEARWITNESS_SECRET_KEY"):
        return stated
    file = Path(os.environ.get("BEARWITNESS_SECRET_KEY_FILE") or SECRET_KEY_PATH)
    # Before the first start there is no file; sessions then last as long as the process.
    return file.read_text(encoding="ascii").strip() if file.is_file() else secrets.token_urlsafe(48)


def _database(url: str) -> dict:
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _SQLITE | {"NAME": unquote(parts.path) or str(HOME / "records.sqlite3")}
    if parts.scheme in ("postgres", "postgresql"):
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": parts.hostname or "",
            "PORT": str(parts.port or ""),
        }
    raise ImproperlyConfigured(
        "BEARWITNESS_DATABASE_URL should begin with sqlite:/// or postgres://"
    )


_DATA = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
HOME = Path(os.environ.get("BEARWITNESS_HOME") or _DATA / "bearwitness")
BEARWITNESS_HOME = HOME
BEARWITNESS_STUDIES = Path(os.environ.get("BEARWITNESS_STUDIES") or HOME / "studies")
SECRET_KEY_PATH = HOME / "secret_key"

DEBUG = _flag("BEARWITNESS_DEBUG")
SECRET_KEY = _secret_key()
_HOSTS = os.environ.get("BEARWITNESS_HOSTS", "")
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]", *(h for h in _HOSTS.split(",") if h)]

_SQLITE = {
    "ENGINE": "django.db.backends.sqlite3",
    "OPTIONS": {
        # A writer takes its place in line at the start: no write is lost to a later lock error.
        "transaction_mode": "IMMEDIATE",
        # Seconds: fifty who save at once on a busy machine wait in line rather than fail.
        "timeout": 120,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
        # What an erasure removes is overwritten in the file, not only unlinked.
        "PRAGMA secure_delete=ON;",
    },
}
DATABASES = {"default": _database(os.environ.get("BEARWITNESS_DATABASE_URL") or "sqlite:")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth.account",
    "allauth.mfa",
    "bearwitness.records",
    "bearwitness.web",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "bearwitness.web.middleware.private_pages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "bearwitness.web.invisible.only_what_is_seen",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "bearwitness.web.entry.standing.sessions_end",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "bearwitness.web.readers.readers",
    "bearwitness.web.entry.standing.first_things_first",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bearwitness.web.middleware.errors_as_pages",
]
ROOT_URLCONF = "bearwitness.web.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "bearwitness.web.pages.rights",
                "bearwitness.web.entry.standing.own_pages",
            ],
        },
    },
]

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "login"
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": f"{_VALIDATION}.NumericPasswordValidator"},
]

# Set where a reverse proxy speaks https; over plain http a secure cookie would never come back.
_HTTPS = _flag("BEARWITNESS_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
if _HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [f"https://{host}" for host in _HOSTS.split(",") if host]
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Strict"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_ENGINE = "bearwitness.records.sessions"
BEARWITNESS_SESSION_HOURS = _number("BEARWITNESS_SESSION_HOURS", 8)
BEARWITNESS_IDLE_MINUTES = _number("BEARWITNESS_IDLE_MINUTES", 30)
SESSION_COOKIE_AGE = int(BEARWITNESS_SESSION_HOURS * 60 * 60)
# Behind a proxy its own address stands on every request, and the sender's in a header of its.
BEARWITNESS_BEHIND_PROXY = _HTTPS

# Who has to have a second factor, and for how many days they can put it off.
_ASKED = os.environ.get("BEARWITNESS_SECOND_FACTOR_ROLES", "administrator,publisher,coder")
BEARWITNESS_SECOND_FACTOR_ROLES = [role.strip() for role in _ASKED.split(",") if role.strip()]
BEARWITNESS_SECOND_FACTOR_GRACE_DAYS = _number("BEARWITNESS_SECOND_FACTOR_GRACE_DAYS", 3)
# What a code app and a passkey call this casebook: it can be read on a telephone that was taken.
BEARWITNESS_SHOWN_AS = os.environ.get("BEARWITNESS_SHOWN_AS") or "bearwitness"
# Of django-allauth only the second factors: nobody signs up, nothing is sent, no page is its own.
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "bearwitness.records.second_factors.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Clocks that no network sets go apart: the code before and the code after are taken as well.
MFA_TOTP_TOLERANCE = 1
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# A whole file is read into memory only below this size; the readers have limits of their own.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

STATIC_URL = "static/"
WHITENOISE_USE_FINDERS = True

USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = True
LANGUAGE_CODE = "en"
USE_THOUSAND_SEPARATOR = True
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY, LANGUAGE_COOKIE_SAMESITE = True, "Strict"
LANGUAGE_COOKIE_SECURE = _HTTPS
LANGUAGES = [("en", _("English")), ("ko", _("Korean")), ("zh-hans", _("Chinese (simplified)"))]

# Errors are logged without the request's data: a form may hold a name.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_details": {"()": "bearwitness.web.middleware.WithoutDetails"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["no_details"]}},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "bearwitness": {"handlers": ["console"], "level": "INFO", "propagate": False},
    },
}

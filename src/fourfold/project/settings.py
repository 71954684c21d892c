"""Every setting of the server; those that an operator chooses are environment variables, listed in `SETTINGS`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import fourfold
from fourfold.project.environment import (
    Setting,
    database,
    email,
    env_bool,
    env_choice,
    env_int,
    env_language,
    env_level,
    env_list,
    env_networks,
    env_path,
    env_ports,
    env_secret,
    env_text,
    env_zone,
    secret_key,
)
from fourfold.project.logs import logging_settings

if TYPE_CHECKING:
    from fourfold.access.directory import Directory

SETTINGS: Final = (
    Setting(
        "FOURFOLD_DATA",
        "./var",
        "Folder for the SQLite database, the secret key and uploads.",
    ),
    Setting(
        "DATABASE_URL",
        "sqlite:///<FOURFOLD_DATA>/fourfold.sqlite3",
        "The database: sqlite:////path/to/file or postgresql://user:password@host:5432/name.",
    ),
    Setting(
        "FOURFOLD_SECRET_KEY",
        "made at first start in <FOURFOLD_DATA>/secret_key",
        "Signs sessions and links: 50 or more random characters. FOURFOLD_SECRET_KEY_FILE names a file instead.",
    ),
    Setting(
        "FOURFOLD_SECRET_KEY_FALLBACKS",
        "",
        "Earlier secret keys, between commas, still accepted after a change of the key.",
    ),
    Setting(
        "FOURFOLD_MASTER_KEY_FILE",
        "<FOURFOLD_DATA>/master_key",
        "File of the keys that lock stored secrets, the newest first. It is made when the first secret is stored. Keep "
        "a copy apart from the backups: `fourfold backup --keys`.",
    ),
    Setting(
        "FOURFOLD_URL",
        "http://localhost:8000",
        "The address people open. With https:// cookies are sent over TLS only.",
    ),
    Setting(
        "FOURFOLD_ALLOWED_HOSTS",
        "",
        "More host names the server answers to, between commas; that of FOURFOLD_URL and localhost always are.",
    ),
    Setting(
        "FOURFOLD_AUDIT_ANCHORS",
        "<FOURFOLD_DATA>/anchors",
        "Folder for the daily anchors of the audit chains; best one that is kept on another machine.",
    ),
    Setting(
        "FOURFOLD_AUDIT_KEY_FILE",
        "made at the first anchor in <FOURFOLD_DATA>/audit_key",
        "File with the key that signs anchors; keep it off the database's machine where you can.",
    ),
    Setting(
        "FOURFOLD_BEHIND_PROXY",
        "false",
        "True when a reverse proxy sets X-Forwarded-Proto, adds the client's address to X-Forwarded-For, and clients "
        "cannot reach the server directly.",
    ),
    Setting(
        "FOURFOLD_INSECURE_HTTP",
        "false",
        "True: let FOURFOLD_URL be http:// although it is not on localhost. Everybody on the way can read passwords.",
    ),
    Setting(
        "FOURFOLD_DEBUG",
        "false",
        "Show details of errors in the browser. Refused unless FOURFOLD_URL is on localhost.",
    ),
    Setting(
        "FOURFOLD_THREADS",
        "4",
        "Requests handled at once by one process, 1 to 64.",
    ),
    Setting(
        "FOURFOLD_DIRECTORIES",
        "",
        "A TOML file that lists the directories people sign in with: see the page on directories. None without it.",
    ),
    Setting(
        "FOURFOLD_INSECURE_DATABASE",
        "false",
        "true lets DATABASE_URL name another machine without sslmode=verify-full: for a network of this machine alone.",
    ),
    Setting(
        "FOURFOLD_BREACHED_PASSWORDS",
        "",
        "A file of passwords that are known from breaches, one a line or packed with gzip, which nobody may choose. "
        "The 20,000 most common ones are refused without it.",
    ),
    Setting(
        "FOURFOLD_EMAIL_URL",
        "",
        "The server that sends e-mail: smtp://user:password@host:587 (with STARTTLS), smtps://…:465, or "
        "smtp://host:25?tls=no on the same machine. FOURFOLD_EMAIL_URL_FILE names a file instead. Without it nothing "
        "is sent, and the link of an invitation is shown once to whoever invites.",
    ),
    Setting(
        "FOURFOLD_EMAIL_FROM",
        "fourfold@<host of FOURFOLD_URL>",
        "The address that e-mail comes from.",
    ),
    Setting(
        "FOURFOLD_REQUIRE_MFA",
        "admins where FOURFOLD_URL begins with https://, else never",
        "Who needs a second factor: never, admins or everybody. Whoever needs one and has none gets to the page where "
        "it is set up and nowhere else.",
    ),
    Setting(
        "FOURFOLD_LANGUAGE",
        "en-gb",
        "Language of people who did not choose one.",
    ),
    Setting(
        "FOURFOLD_TIME_ZONE",
        "UTC",
        "Time zone in which times are shown.",
    ),
    Setting(
        "FOURFOLD_LOG_LEVEL",
        "INFO",
        "DEBUG, INFO, WARNING or ERROR.",
    ),
    Setting(
        "FOURFOLD_LOG_FORMAT",
        "json, or text where standard error is a terminal",
        "json: one object a line, for machines. text: lines for people. Passwords and tokens are in neither.",
    ),
    Setting(
        "FOURFOLD_FEED_NETWORKS",
        "",
        "Networks that are not public and that feeds may reach all the same, between commas, such as 10.1.0.0/16. "
        "Without it feeds reach the public Internet alone.",
    ),
    Setting(
        "FOURFOLD_FEED_HOSTS",
        "",
        "The only hosts that feeds may reach, between commas; all of them where nothing is said.",
    ),
    Setting(
        "FOURFOLD_FEED_PORTS",
        "",
        "More ports that feeds may reach, between commas; 80, 443 and, for a database, its "
        "usual port always are.",
    ),
    Setting(
        "FOURFOLD_FEED_FOLDER",
        "",
        "Folder of SQLite, DuckDB and Parquet files that feeds may read; none without it.",
    ),
    Setting("FOURFOLD_FEEDS_AT_ONCE", "4", "So many feeds run side by side, two at most of one connection."),
    Setting(
        "FOURFOLD_FEED_CA",
        "",
        "A file of certificates that feeds trust instead of the usual ones.",
    ),
    Setting(
        "FOURFOLD_READ_ONLY",
        "false",
        "True: people read and nobody writes. `fourfold read-only on` does the same for all processes at once.",
    ),
    Setting(
        "FOURFOLD_METRICS_TOKEN",
        "",
        "Whoever sends it as a bearer token may read /metrics; without it there is no such page. 32 or more random "
        "characters. FOURFOLD_METRICS_TOKEN_FILE names a file instead.",
    ),
)

MFA_CHOICES: Final = ("never", "admins", "everybody")

BASE_DIR: Final = Path(fourfold.__file__).parent
DATA_DIR: Final = Path(env_text("FOURFOLD_DATA", "var")).expanduser().absolute()

# --- Where it is ------------------------------------------------------------------------------------------------
PUBLIC_URL: Final = env_text("FOURFOLD_URL", "http://localhost:8000").rstrip("/")
_ADDRESS: Final = urlsplit(PUBLIC_URL)
HTTPS: Final = _ADDRESS.scheme == "https"
DEBUG = env_bool("FOURFOLD_DEBUG")
INSECURE_HTTP = env_bool("FOURFOLD_INSECURE_HTTP")
INSECURE_DATABASE = env_bool("FOURFOLD_INSECURE_DATABASE")
_HOST: Final = _ADDRESS.hostname or "localhost"
ALLOWED_HOSTS = sorted({_HOST, "localhost", "127.0.0.1", "[::1]", *env_list("FOURFOLD_ALLOWED_HOSTS")})
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
THREADS: Final = env_int("FOURFOLD_THREADS", 4, low=1, high=64)
SECRET_KEY = secret_key(DATA_DIR)
SECRET_KEY_FALLBACKS = env_list("FOURFOLD_SECRET_KEY_FALLBACKS")
MASTER_KEY_FILE = Path(env_text("FOURFOLD_MASTER_KEY_FILE", str(DATA_DIR / "master_key"))).expanduser().absolute()
MEDIA_ROOT = DATA_DIR / "uploads"
AUDIT_ANCHORS: Final = Path(env_text("FOURFOLD_AUDIT_ANCHORS", str(DATA_DIR / "anchors"))).expanduser().absolute()
AUDIT_KEY_FILE: Final = Path(env_text("FOURFOLD_AUDIT_KEY_FILE", str(DATA_DIR / "audit_key"))).expanduser().absolute()
FEED_NETWORKS = env_networks("FOURFOLD_FEED_NETWORKS")
FEED_HOSTS = frozenset(env_list("FOURFOLD_FEED_HOSTS"))
FEED_PORTS = env_ports("FOURFOLD_FEED_PORTS")
FEED_FOLDER = env_path("FOURFOLD_FEED_FOLDER")
FEEDS_AT_ONCE = env_int("FOURFOLD_FEEDS_AT_ONCE", 4, low=1, high=32)
FEED_CA = env_path("FOURFOLD_FEED_CA")
READ_ONLY = env_bool("FOURFOLD_READ_ONLY")
METRICS_TOKEN = env_secret("FOURFOLD_METRICS_TOKEN")
DATABASES = {"default": database(env_text("DATABASE_URL", f"sqlite:///{DATA_DIR / 'fourfold.sqlite3'}"))}

#: Attempts to sign in are counted in it, and codes that were used: all processes have to know.
CACHES = {"default": {"BACKEND": "fourfold.records.memos.Memos"}}

# --- What it is made of -----------------------------------------------------------------------------------------
ROOT_URLCONF = "fourfold.project.urls"
WSGI_APPLICATION = "fourfold.project.wsgi.application"
INSTALLED_APPS = [
    "fourfold.project",
    "fourfold.web",
    "fourfold.records",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "csp",
]
MIDDLEWARE = [
    "fourfold.project.transport.TransportMiddleware",
    "fourfold.project.origin.origin_middleware",
    "fourfold.project.request_log.RequestLogMiddleware",
    "fourfold.project.metrics.MetricsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fourfold.project.compression.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "fourfold.project.legible.LegibleMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "fourfold.project.sessions.keep_session",
    "fourfold.project.second_factors.AskForSecondFactor",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "fourfold.project.faults.FaultsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["django.templatetags.static", "fourfold.web.components.tags"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "fourfold.web.components.frame.look",
            ],
        },
    },
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Who signs in -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "records.Person"
AUTHENTICATION_BACKENDS = ["fourfold.project.accounts.Backend"]
PASSWORD_HASHERS = [
    "fourfold.project.passwords.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "django.contrib.auth.hashers.ScryptPasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name"]},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "fourfold.project.passwords.BreachedPasswords"},
    {"NAME": "fourfold.project.passwords.LongestPassword"},
    {"NAME": "fourfold.project.passwords.ContextWords"},
]
BREACHED_PASSWORDS = env_text("FOURFOLD_BREACHED_PASSWORDS")
PASSWORD_RESET_TIMEOUT = 3600  # seconds that the link in the e-mail works
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "fourfold.project.accounts.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_REDIRECT_URL = LOGIN_URL
ACCOUNT_SESSION_REMEMBER = True
#: Guesses are counted by the device that makes them; of a whole account so many are allowed that nobody is locked out.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_account": "50/10m/key",
    "accept_invitation": "20/m/ip",
    "reset_password": "20/m/ip,5/h/key",
}

# --- Second factors ---------------------------------------------------------------------------------------------
REQUIRE_MFA: Final = env_choice("FOURFOLD_REQUIRE_MFA", "admins" if HTTPS else "never", MFA_CHOICES)
MFA_ADAPTER = "fourfold.project.second_factors.SecondFactors"
MFA_SUPPORTED_TYPES = ["recovery_codes", "totp", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Fourfold"
MFA_TOTP_TOLERANCE = 1  # a clock that is half a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True

# --- E-mail -----------------------------------------------------------------------------------------------------
_EMAIL: Final = email(env_secret("FOURFOLD_EMAIL_URL"))
SENDS_EMAIL: Final = bool(_EMAIL)
EMAIL_HOST = _EMAIL.get("host", "")
EMAIL_PORT = _EMAIL.get("port", 0)
EMAIL_HOST_USER = _EMAIL.get("user", "")
EMAIL_HOST_PASSWORD = _EMAIL.get("password", "")
EMAIL_USE_TLS = _EMAIL.get("starttls", False)
EMAIL_USE_SSL = _EMAIL.get("ssl", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_text("FOURFOLD_EMAIL_FROM", f"Fourfold <fourfold@{_HOST}>")

# --- Signing in with a directory: nothing of it is loaded where there is none --------------------------------------
DIRECTORIES: tuple[Directory, ...] = ()
if _DIRECTORIES := env_text("FOURFOLD_DIRECTORIES"):
    from fourfold.project.sign_on.configuration import read_directories
    from fourfold.project.sign_on.wiring import wire

    wire(globals(), read_directories(Path(_DIRECTORIES)))

# --- What the browser may do ------------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "manifest-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    },
}
_COOKIE: Final = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME = f"{_COOKIE}fourfold_session"
DEVICE_COOKIE_NAME = f"{_COOKIE}fourfold_device"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_ENGINE = "fourfold.records.sessions"  # which knows when a session ends
CSRF_COOKIE_NAME = f"{_COOKIE}fourfold_csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "fourfold.web.pages.errors.form_expired"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HOST.count(".") > 1  # below example.org itself there may be other sites
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$"]  # asked from within the machine; they tell nothing of anybody
if env_bool("FOURFOLD_BEHIND_PROXY"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = HTTPS
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # else all people share the proxy's address, and its share of attempts to sign in

# --- Static files, language, logs -------------------------------------------------------------------------------
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "fourfold.project.static_files.StaticFiles"},
}
WHITENOISE_MAX_AGE = 3600
LANGUAGE_CODE = env_language("FOURFOLD_LANGUAGE", "en-gb")
TIME_ZONE = env_zone("FOURFOLD_TIME_ZONE", "UTC")
USE_I18N = True
USE_TZ = True
LOGGING = logging_settings(
    env_level("FOURFOLD_LOG_LEVEL", "INFO"),
    env_choice("FOURFOLD_LOG_FORMAT", "text" if sys.stderr.isatty() else "json", ("json", "text")),
)

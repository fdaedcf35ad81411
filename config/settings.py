"""Settings of the portal. What differs between machines comes from the environment; .env.example names it all."""

from datetime import date, timedelta
from pathlib import Path

import dj_database_url
from environs import Env
from marshmallow.validate import OneOf, Range

from config import services
from config.services import database_url, redis_url

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"

env = Env()
env.read_env(str(ROOT / ".env"), recurse=False)

DEBUG = env.bool("DEBUG", False)
SECRET_KEY_FILE = VAR / "secret-key"
SECRET_KEY = env.str("SECRET_KEY", "") or (SECRET_KEY_FILE.read_text() if SECRET_KEY_FILE.exists() else "")
if not SECRET_KEY:
    from django.core.management.utils import get_random_secret_key

    SECRET_KEY = get_random_secret_key()
    VAR.mkdir(exist_ok=True)
    SECRET_KEY_FILE.write_text(SECRET_KEY)
    SECRET_KEY_FILE.chmod(0o600)

# Keys of before, after a change of key: what was encrypted with them can still be read.
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [])

ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", [])

# The day that the portal takes for today. Empty: the real day. A demonstration sets it: the deadlines of 2023 live.
PORTAL_DAY = env.date("PORTAL_DAY", None)
DEMONSTRATION_DAY = env.date("DEMONSTRATION_DAY", date(2023, 11, 20))
# An installation that was filled with invented data says so by this file; it then lives on the demonstration day.
DEMONSTRATION_MARK = VAR / "demonstration"
DEMONSTRATION = env.bool("DEMONSTRATION", DEMONSTRATION_MARK.exists())
if DEMONSTRATION and PORTAL_DAY is None:
    PORTAL_DAY = DEMONSTRATION_DAY

INSTALLED_APPS = [
    "accounts",
    "casework",
    "enterprises",
    "campaigns",
    "risks",
    "negotiations",
    "guidance",
    "reports",
    "operation",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "django_filters",
    "django_htmx",
    "import_export",
    "rest_framework",
    "drf_spectacular",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "operation.middleware.Probes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "operation.middleware.Observed",
    "casework.middleware.ContentSecurityPolicy",
    "casework.middleware.Methods",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "casework.access.Recorded",
    "casework.middleware.Wall",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.IdleTimeout",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.FirstPassword",
    "accounts.middleware.SecondFactor",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "casework.context.portal",
            ],
        },
    }
]

DATABASES = {"default": dj_database_url.parse(database_url(), conn_max_age=60, conn_health_checks=True)}
# How far PostgreSQL lets a connection see that says nothing else (casework.wall): the web nothing, the others the city.
OF_A_SESSION = {"portal.district": "" if services.login() == "web" else "*"}
# A page that hangs must not hold a connection, a lock or a server's thread. Jobs and commands may take their time.
OF_A_PAGE = {
    "statement_timeout": 1000 * env.int("STATEMENT_SECONDS", 30),
    "lock_timeout": 1000 * env.int("LOCK_SECONDS", 10),
    # Longer than an upload takes: the file of a delivery arrives inside the request.
    "idle_in_transaction_session_timeout": 1000 * env.int("IDLE_IN_TRANSACTION_SECONDS", 600),
    # Many people ask at once: helpers for one page's query take the cores from the others'.
    "max_parallel_workers_per_gather": 0,
    # What is cut off after so many rows is the same on each page of a list.
    "synchronize_seqscans": "off",
}
DATABASES["default"]["OPTIONS"] = services.options_of(
    DATABASES["default"], OF_A_SESSION | (OF_A_PAGE if services.web else {})
)
# The login that backups read with: it passes the policies of the districts, and only reads.
DATABASE_BACKUP_URL = env.str("DATABASE_BACKUP_URL", services.backup_url())

REDIS_URL = env.str("REDIS_URL", redis_url())
REDIS_CACHE_URL = env.str("REDIS_CACHE_URL", redis_url(database=1))
CACHES = {
    "default": {
        "BACKEND": "operation.cache.RedisOrMemory",
        "LOCATION": REDIS_CACHE_URL,
        "OPTIONS": {"socket_connect_timeout": 3, "socket_timeout": 5},
    }
}

# ── Who may come in ────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.Login"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "reports:home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "accounts.adapter.ClosedRegistration"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
# Numbers usual under 等保2.0 (GB/T 22239-2019 8.1.4.1 asks for the measures and leaves the numbers to the office).
LOGIN_ATTEMPTS = env.int("LOGIN_ATTEMPTS", 5)
LOGIN_LOCK_MINUTES = env.int("LOGIN_LOCK_MINUTES", 15)
IDLE_MINUTES = env.int("IDLE_MINUTES", 30)
PASSWORD_MIN_LENGTH = env.int("PASSWORD_MIN_LENGTH", 10)
PASSWORD_MIN_CLASSES = env.int("PASSWORD_MIN_CLASSES", 3)
PASSWORD_MAX_DAYS = env.int("PASSWORD_MAX_DAYS", 90)
PASSWORD_HISTORY = env.int("PASSWORD_HISTORY", 5)
# Passwords are counted by accounts.lockout; this counts wrong second factors, which only who has the password gets to.
ACCOUNT_RATE_LIMITS = {"login_failed": f"{LOGIN_ATTEMPTS}/{LOGIN_LOCK_MINUTES * 60}s/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXIES", 0)  # reverse proxies in front, for the address of who logs in
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "accounts.passwords.MinimumLength",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.CharacterClasses", "OPTIONS": {"classes": PASSWORD_MIN_CLASSES}},
    {"NAME": "accounts.passwords.NotUsedBefore", "OPTIONS": {"last": PASSWORD_HISTORY}},
]
# Off in a demonstration, so that its accounts, whose password is printed, can be tried by whoever comes along.
MFA_REQUIRED = env.bool("MFA_REQUIRED", not DEMONSTRATION)
MFA_ROLES = env.list("MFA_ROLES", ["city_office", "data_steward", "administrator", "security_administrator", "auditor"])
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not env.bool("HTTPS", False)  # browsers allow it on localhost only
MFA_ADAPTER = "accounts.second_factor.SecondFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Before deeds of weight a person proves anew who they are, unless they did so within these minutes.
STEP_UP_MINUTES = env.int("STEP_UP_MINUTES", 10)
STEP_UP_ROWS = env.int("STEP_UP_ROWS", 1_000)
ACCOUNT_REAUTHENTICATION_TIMEOUT = STEP_UP_MINUTES * 60
# A provincial identity provider; off without an issuer. It opens no accounts: it says who of the people here it is.
OIDC_ISSUER = env.str("OIDC_ISSUER", "")
OIDC_NAME = env.str("OIDC_NAME", "统一身份认证")
OIDC_CLAIM = env.str("OIDC_CLAIM", "preferred_username")
SOCIALACCOUNT_ADAPTER = "accounts.identity.KnownPeopleOnly"
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link; what comes back is bound to the session by `state` and PKCE
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": []}}
if OIDC_ISSUER:
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "province",
            "name": OIDC_NAME,
            "client_id": env.str("OIDC_CLIENT_ID"),
            "secret": env.str("OIDC_SECRET"),
            "settings": {"server_url": OIDC_ISSUER, "oauth_pkce_enabled": True},
        }
    )

# Not in the cache: who is logged in stays so while Redis is away, at the price of one small query a request.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # names of firms stay out of cookies
HTTPS = env.bool("HTTPS", False)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
if HTTPS:  # by this name a browser takes the cookie only from this very host, and only over HTTPS
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)/?$"]  # asked for from inside, without the proxy
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", 31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
X_FRAME_OPTIONS = "DENY"

# ── Language, time, files ──────────────────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_THOUSAND_SEPARATOR = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

STATIC_URL = "static/"
STATICFILES_DIRS = [ROOT / "static"]
STATIC_ROOT = VAR / "static"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR / "media")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = DEBUG
if DEBUG:
    STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"

# ── Mail ───────────────────────────────────────────────────────────────────────────────────────
# Without a mail server letters are written to the worker's log.
EMAIL_HOST = env.str("EMAIL_HOST", "")
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", "portal@localhost")
# Where people find the portal, for letters.
PORTAL_ADDRESS = env.str("PORTAL_ADDRESS", "")

# ── Law ────────────────────────────────────────────────────────────────────────────────────────
# Whose rules come first (GB/T 2260): 370000 is Shandong; for any other, national rules alone are known so far.
PROVINCE = env.str("PROVINCE", "370000")

# ── Deliveries and exports ─────────────────────────────────────────────────────────────────────
DELIVERY_MAX_BYTES = env.int("DELIVERY_MAX_BYTES", 500 * 2**20)
DELIVERY_MAX_UNPACKED_BYTES = env.int("DELIVERY_MAX_UNPACKED_BYTES", 4 * 2**30)
ATTACHMENT_MAX_BYTES = env.int("ATTACHMENT_MAX_BYTES", 20 * 2**20)
ATTACHMENTS_OF_A_RECORD = env.int("ATTACHMENTS_OF_A_RECORD", 200)
# A list's number of rows is counted anew after this time; a person who turns pages does not wait for it each time.
COUNT_SECONDS = env.int("COUNT_SECONDS", 10)
EXPORT_DIRECT_ROWS = env.int("EXPORT_DIRECT_ROWS", 5_000)
EXPORT_DAYS = env.int("EXPORT_DAYS", 7)
VERIFY_MAX_BYTES = env.int("VERIFY_MAX_BYTES", 2**30)
# How long a district that was allowed to may look at an enterprise of another one.
DISCLOSURE_HOURS = env.int("DISCLOSURE_HOURS", 72)
SCORE_RUNS_KEPT = env.int("SCORE_RUNS_KEPT", 24)
SWEEP_RANDOM_PERCENT = env.int("SWEEP_RANDOM_PERCENT", 10)
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20

# ── What was done, and that nobody rewrites it ─────────────────────────────────────────────────
# The folder of the seals should lie on another disk or machine than the database. Without a key one is made in var/.
AUDIT_SEAL_DIR = Path(env.str("AUDIT_SEAL_DIR", str(VAR / "seals")))
AUDIT_SEAL_KEY = env.str("AUDIT_SEAL_KEY", "")
AUDIT_SEAL_KEY_FALLBACKS = env.list("AUDIT_SEAL_KEY_FALLBACKS", [])
# 网络安全法 §21(三): 留存相关的网络日志不少于六个月. The longest six months have 184 days.
ACCESS_LOG_DAYS = env.int("ACCESS_LOG_DAYS", 3 * 365, validate=Range(min=184))

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "casework.rights.Bearer",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["casework.rights.MayRead"],
    "DEFAULT_THROTTLE_CLASSES": ["casework.rights.Rate"],
    "DEFAULT_SCHEMA_CLASS": "casework.api_schema.Schema",
    "DEFAULT_METADATA_CLASS": None,  # what an address takes says the description
    "EXCEPTION_HANDLER": "casework.api.answer_to",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "UNAUTHENTICATED_USER": None,
}

# ── Machine clients ────────────────────────────────────────────────────────────────────────────
TOKEN_MAX_DAYS = env.int("TOKEN_MAX_DAYS", 365)
IDEMPOTENCY_HOURS = env.int("IDEMPOTENCY_HOURS", 24)
IDEMPOTENCY_WAIT_SECONDS = 5
# Hosts that messages are posted to although they lie in the own network or speak no HTTPS.
WEBHOOK_HOSTS = env.list("WEBHOOK_HOSTS", [])
SPECTACULAR_SETTINGS = {
    "TITLE": "威海市劳动关系专项行动平台接口",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/",
    "SORT_OPERATIONS": True,
    "ENABLE_DJANGO_DEPLOY_CHECK": False,  # it would need the database; the tests hold the description to have no gap
}

# ── What it writes about itself ────────────────────────────────────────────────────────────────
METRICS_TOKEN = env.str("METRICS_TOKEN", "")
LOG_FORMAT = env.str("LOG_FORMAT", "line", validate=OneOf(["line", "json"]))
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "operation.logs.Line"}, "json": {"()": "operation.logs.Json"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        # At DEBUG it writes the values of each statement.
        "django.db.backends": {"level": "INFO"},
        # A line for each request that was refused; operation.requests has one for all.
        "django.request": {"level": "ERROR"},
        "_granian": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}

"""Django's settings, derived from the options of the installation."""

from pathlib import Path

from django.utils.csp import CSP

from balai.site import logs, options

OPTIONS = options.read()
ROOT = options.ROOT
DATA = OPTIONS.data_folder
DATA.mkdir(parents=True, exist_ok=True)

DEBUG = OPTIONS.debug
SECRET_KEY = options.secret(Path(OPTIONS.secret_key_file or DATA / "keys" / "secret"))
ALLOWED_HOSTS = [*OPTIONS.hosts.split(","), ".localhost"]
ROOT_URLCONF = "balai.site.urls"
WSGI_APPLICATION = "balai.site.wsgi.application"

INSTALLED_APPS = [
    "balai.base",
    "balai.definitions",
    "balai.places",
    "balai.people",
    "balai.data",
    "balai.forms",
    "balai.plan",
    "balai.services",
    "balai.evaluation",
    "balai.dashboard",
    "balai.site",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "balai.site.logs.RequestLogMiddleware",
    "balai.base.kept.TextCompressionMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "balai.base.answers.RefusalMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "balai.base.language.LanguageMiddleware",
    "balai.base.sizes.SizeMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "balai.people.entrance.TenantMiddleware",
    "balai.people.entrance.ActorMiddleware",
    "balai.base.kept.KeptMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "balai.base.look.look",
            ],
            "builtins": ["balai.base.templatetags.balai"],
        },
    }
]

DATABASES = {"default": options.database(OPTIONS.database_url, DATA)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Counts of failed sign-ins: shared by all web processes, and still there after a restart.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "site_counts",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

# Signing in: django-allauth, with our adapters in balai.people.sign_in.
ACCOUNT_ADAPTER = "balai.people.sign_in.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "balai.people.sign_in.ResidentSignup"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = str
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if OPTIONS.https else "http"
# Limits go by the visitor's address, which the server in front of us tells (deploy/nginx.conf).
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if OPTIONS.https else 0
PASSWORD_RESET_TIMEOUT = 60 * 60
MFA_ADAPTER = "balai.people.sign_in.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Balai"
MFA_RECOVERY_CODES_SHOW_ONCE = True
# Browsers allow passkeys without HTTPS on localhost only, where the demo runs.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not OPTIONS.https
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_ADAPTER = "balai.people.sign_in.OtherSystemAdapter"
# The operator chose the one other system there is; an address it says it has verified is believed.
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = options.identity_provider(OPTIONS)
SOCIALACCOUNT_STORE_TOKENS = False
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14

LOGGING = logs.configuration(DATA / "log")
MAILERS = {"default": options.mailer(OPTIONS.email_url, DATA / "mail")}
DEFAULT_FROM_EMAIL = SERVER_EMAIL = OPTIONS.email_from

LANGUAGE_CODE = "id"
LANGUAGES = [("id", "Bahasa Indonesia"), ("en", "English")]
LANGUAGE_COOKIE_NAME = "bahasa"
TIME_ZONE = "Asia/Jakarta"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "build" / "static"
WHITENOISE_IMMUTABLE_FILE_TEST = r"\.[0-9a-f]{12}\.\w+$"
STATICFILES_DIRS = [folder for folder in [ROOT / "build" / "web"] if folder.exists()]

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

SECURE_CSP = {
    "default-src": [CSP.SELF],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
    # A form may end at the other sign-in system, by redirect.
    "form-action": [CSP.SELF, *([OPTIONS.oidc_server] if OPTIONS.oidc_server else [])],
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = OPTIONS.https
# With HTTPS a server in front of us ends TLS and sets this header itself (deploy/nginx.conf).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if OPTIONS.https else None
SECURE_HSTS_SECONDS = 31536000 if OPTIONS.https else 0
SECURE_SSL_REDIRECT = OPTIONS.https
SECURE_REDIRECT_EXEMPT = ["^health$", "^ready$"]
SILENCED_SYSTEM_CHECKS = [
    # Below the name of a city stand other people's servers; we do not speak for them.
    "security.W005",
    "security.W021",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

STORAGE = options.object_storage(OPTIONS.storage)
SPARK = options.spark_server(OPTIONS.spark)
QUERY_READERS = OPTIONS.query_readers
QUERY_SECONDS = OPTIONS.query_seconds
QUERY_MEMORY_MB = OPTIONS.query_memory_mb
QUERY_ADDRESS_SPACE_MB = OPTIONS.query_address_space_mb
QUERY_MOST_ROWS = OPTIONS.query_most_rows
QUERY_VISITOR_SECONDS = OPTIONS.query_visitor_seconds
QUERY_VISITOR_ROWS = OPTIONS.query_visitor_rows
QUERY_VISITOR_PER_MINUTE = OPTIONS.query_visitor_per_minute
FACES_VISITOR_PER_MINUTE = OPTIONS.faces_visitor_per_minute

"""The settings of an installation, from the environment: few, typed, read once, refused when wrong.

`docs/reference/settings.md` is made from this file (`./balai manage settings_page`).
"""

import os
import secrets
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

ROOT = Path(__file__).resolve().parents[3]


class WrongSetting(ValueError):
    """A setting has a value it cannot have; the message names it and says what would be right."""


def setting(help: str, default: Any) -> Any:
    return field(default=default, metadata={"help": help})


@dataclass(frozen=True)
class Options:
    """One attribute a setting; its name in capitals with BALAI_ before it is the environment's name.

    DATABASE_URL, PORT and OUTGOING_ALLOW are written without the prefix.
    """

    database_url: str = setting(
        "Where records are kept: empty for the embedded SQLite, or "
        "postgresql://user:password@host:5432/name.",
        "",
    )
    owner_database_url: str = setting(
        "PostgreSQL: the role that owns the tables and migrates them. The role of DATABASE_URL then "
        "needs no right to change tables. Empty: DATABASE_URL does both.",
        "",
    )
    data: str = setting("Folder of everything this installation writes: database, files, keys, backups.", "")
    definitions: str = setting("A folder that overlays the shipped definitions, file by file.", "")
    default_tenant: str = setting("The local government that answers at an unknown host name.", "35.73")
    hosts: str = setting(
        "Host names served, separated by commas: those of every city among them. "
        "Names that end in .localhost always are.",
        "localhost,127.0.0.1",
    )
    port: int = setting("Port of the web server.", 8000)
    address: str = setting("Network address the web server listens on.", "127.0.0.1")
    outgoing_allow: str = setting(
        "Private addresses or host names that outgoing requests may reach, separated by commas. "
        "Shown at /ready.",
        "",
    )
    secret_key_file: str = setting(
        "File with the secret of sessions and signatures; made at set-up when empty.", ""
    )
    keys_file: str = setting("File with the keys of sealed fields; made at set-up when empty.", "")
    debug: bool = setting("True shows errors in the browser. Never in production.", False)
    https: bool = setting("True when the city is reached over HTTPS: secure cookies and HSTS.", False)
    demo: bool = setting(
        "True: demo accounts may sign in without a second factor, and every page says so.", False
    )
    email_url: str = setting(
        "Where e-mail goes: smtp://user:password@host:587, or empty to write it to the log folder.", ""
    )
    email_from: str = setting("The sender of e-mail.", "Balai <balai@localhost>")
    whatsapp_gateway: str = setting(
        "Where WhatsApp messages go: the /messages address of the Cloud API, or of a relay that takes "
        "signed JSON. Empty: none are sent.",
        "",
    )
    sms_gateway: str = setting("Where SMS go: an address that takes signed JSON. Empty: none are sent.", "")
    gateway_secret_file: str = setting("File with the secret shared with those gateways.", "")
    oidc_server: str = setting(
        "Sign-in through another system (OpenID Connect): its address, e.g. https://sso.example.go.id. "
        "Empty: passwords and passkeys of Balai alone.",
        "",
    )
    oidc_client: str = setting("The name under which that system knows this installation (client id).", "")
    oidc_secret_file: str = setting("File with the secret that system gave to this installation.", "")
    storage: str = setting(
        "Where the files of datasets are kept: empty for the data folder, or S3-compatible storage as "
        "s3://bucket/prefix?endpoint=https://s3.example.go.id. May add region, cache_mb (copies kept on "
        "this machine, 2048) and credentials (a file as the AWS tools write it; else the usual AWS_ "
        "variables). Needs requirements/s3.txt.",
        "",
    )
    spark: str = setting(
        "Who answers questions in SQL: empty for DuckDB on this machine, or a Spark Connect server as "
        "sc://host:15002. May add files, the folder under which that server sees the datasets "
        "(sc://host:15002?files=s3a://bucket/prefix). Needs requirements/spark.txt.",
        "",
    )
    upload_max_mb: int = setting("The largest file a person may upload, in megabytes.", 20)
    intake_max_mb: int = setting(
        "The largest file of data an office may hand in for a dataset, in megabytes. Received in parts; "
        "without scripts a page takes BALAI_UPLOAD_MAX_MB at once.",
        10_000,
    )
    intake_quota_mb: int = setting(
        "What files of data on their way may take together for one local government, in megabytes.", 30_000
    )
    web_workers: int = setting("Processes of the web server.", 2)
    query_readers: int = setting("Questions in SQL answered at once by one process of the web server.", 2)
    query_seconds: int = setting("How long a question in SQL may take, in seconds.", 10)
    query_memory_mb: int = setting("What the engine may take for one question in SQL, in megabytes.", 512)
    query_address_space_mb: int = setting(
        "The hard limit of a process that answers questions in SQL, in megabytes.", 1536
    )
    query_most_rows: int = setting("The most rows of an answer shown on a page or given by the API.", 10_000)
    query_visitor_seconds: int = setting(
        "How long a question in SQL of a visitor may take, in seconds; their downloads ten times as long.", 3
    )
    query_visitor_rows: int = setting("The most rows of an answer shown to a visitor.", 1_000)
    query_visitor_per_minute: int = setting(
        "How many questions in SQL a visitor may ask in a minute from one network address; each process "
        "of the web server counts for itself.",
        20,
    )
    faces_visitor_per_minute: int = setting(
        "How often a visitor may ask for the catalogue as programs do (DCAT, OGC, Satu Data) in a minute "
        "from one network address; each process of the web server counts for itself. 0 for any number.",
        600,
    )

    @property
    def data_folder(self) -> Path:
        return Path(self.data) if self.data else ROOT / "var"


_BARE = {"database_url", "port", "outgoing_allow"}


def name_in_environment(attribute: str) -> str:
    return attribute.upper() if attribute in _BARE else f"BALAI_{attribute.upper()}"


def read(environment: Mapping[str, str] = os.environ) -> Options:
    """Return the options the environment asks for.

    Raises:
        WrongSetting: a value has the wrong form, or a BALAI_ name is not one of ours.
    """
    values: dict[str, Any] = {}
    known = set()
    for option in fields(Options):
        name = name_in_environment(option.name)
        known.add(name)
        if name in environment:
            values[option.name] = _typed(name, environment[name], type(option.default))
    unknown = sorted(name for name in environment if name.startswith("BALAI_") and name not in known)
    if unknown:
        raise WrongSetting(f"{unknown[0]} is not a setting; the settings are {', '.join(sorted(known))}")
    return Options(**values)


def _typed(name: str, text: str, kind: type) -> Any:
    if kind is bool:
        if text not in ("True", "False"):
            raise WrongSetting(f"{name} is {text!r}; it must be True or False")
        return text == "True"
    if kind is int:
        if not text.isdigit():
            raise WrongSetting(f"{name} is {text!r}; it must be a whole number")
        return int(text)
    return text


def database(url: str, folder: Path) -> dict[str, Any]:
    """Return Django's description of the database at `url`, of the embedded one when empty.

    Raises:
        WrongSetting: the address is not that of a PostgreSQL database.
    """
    if not url:
        return {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": folder / "balai.sqlite3",
            "CONN_MAX_AGE": 60,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 30,
                # Each thread has a connection, and each connection its pages: 32 MB hold what lists
                # and boards of a million cases read. Mapped pages came beside and gained nothing.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32768; "
                    "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=0;"
                ),
            },
        }
    parts = urlsplit(url)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise WrongSetting(
            "DATABASE_URL must be empty or look like postgresql://user:password@host:5432/name"
        )
    return {
        "ENGINE": "balai.base.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "pool": {"min_size": 1, "max_size": 8, "timeout": 10},
            "connect_timeout": 3,
            "tcp_user_timeout": 10_000,
            "options": "-c statement_timeout=15000 -c idle_in_transaction_session_timeout=30000",
        },
    }


def secret(path: Path) -> str:
    """Return the secret in `path`, made on first use, readable by the owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(48))
    return path.read_text().strip()


def mailer(url: str, folder: Path) -> dict[str, Any]:
    """Return Django's description of the way e-mail goes: a server, or files in `folder` when `url` is empty.

    Raises:
        WrongSetting: the address is not that of an SMTP server.
    """
    if not url:
        return {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": folder},
        }
    parts = urlsplit(url)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise WrongSetting("BALAI_EMAIL_URL must be empty or look like smtp://user:password@host:587")
    return {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {
            "host": parts.hostname,
            "port": parts.port or (465 if parts.scheme == "smtps" else 587),
            "username": unquote(parts.username or ""),
            "password": unquote(parts.password or ""),
            "use_ssl": parts.scheme == "smtps",
            # A relay on this machine or network that asks for no password speaks no TLS either.
            "use_tls": parts.scheme == "smtp" and bool(parts.username),
            "timeout": 10,
        },
    }


def object_storage(url: str) -> dict[str, Any] | None:
    """Return bucket, prefix and the rest of S3-compatible storage; None where files lie on this machine.

    Raises:
        WrongSetting: the address is not that of a bucket, or names something unknown.
    """
    if not url:
        return None
    parts = urlsplit(url)
    told = dict(parse_qsl(parts.query, keep_blank_values=True))
    known = {"endpoint", "region", "credentials", "cache_mb"}
    if parts.scheme != "s3" or not parts.netloc or not told.keys() <= known:
        raise WrongSetting(
            "BALAI_STORAGE must be empty or look like s3://bucket/prefix?endpoint=https://s3.example.go.id; "
            f"it may name {', '.join(sorted(known))}"
        )
    endpoint, cache_mb = told.get("endpoint", ""), told.get("cache_mb", "2048")
    if endpoint and urlsplit(endpoint).scheme not in ("http", "https"):
        raise WrongSetting(f"the endpoint of BALAI_STORAGE is {endpoint!r}; it must begin with https://")
    if not cache_mb.isdigit():
        raise WrongSetting(f"cache_mb of BALAI_STORAGE is {cache_mb!r}; it must be a whole number")
    return {
        "bucket": parts.netloc,
        "prefix": unquote(parts.path).strip("/"),
        "endpoint": endpoint,
        "region": told.get("region") or os.environ.get("AWS_REGION") or "us-east-1",
        "cache_mb": int(cache_mb),
        **(_s3_keys(Path(told["credentials"])) if "credentials" in told else {}),
    }


def _s3_keys(path: Path) -> dict[str, str]:
    names = {"access_key_id": "aws_access_key_id", "secret_access_key": "aws_secret_access_key"}
    file = ConfigParser(interpolation=None)
    try:
        file.read_string(path.read_text("utf-8"))
        return {ours: file["default"][theirs] for ours, theirs in names.items()}
    except (OSError, ConfigParserError, KeyError) as error:
        raise WrongSetting(
            f"the credentials of BALAI_STORAGE cannot be read from {path}: a [default] section with "
            f"{' and '.join(names.values())} is needed"
        ) from error


def spark_server(url: str) -> dict[str, str] | None:
    """Return address and folder of files of a Spark Connect server; None where DuckDB answers.

    Raises:
        WrongSetting: the address is not that of such a server, or names something unknown.
    """
    if not url:
        return None
    parts = urlsplit(url)
    told = dict(parse_qsl(parts.query, keep_blank_values=True))
    if parts.scheme != "sc" or not parts.hostname or not told.keys() <= {"files"}:
        raise WrongSetting("BALAI_SPARK must be empty or look like sc://host:15002?files=s3a://bucket/prefix")
    return {"remote": f"sc://{parts.netloc}{parts.path}", "files": told.get("files", "").rstrip("/")}


def identity_provider(options: Options) -> dict[str, Any]:
    """Return allauth's description of the other system people may sign in through; empty where there is none.

    Raises:
        WrongSetting: only a part of it is set.
    """
    parts = (options.oidc_server, options.oidc_client, options.oidc_secret_file)
    if not any(parts):
        return {}
    if not all(parts):
        raise WrongSetting(
            "BALAI_OIDC_SERVER, BALAI_OIDC_CLIENT and BALAI_OIDC_SECRET_FILE are set together or not at all"
        )
    app = {
        "provider_id": "sso",
        "name": "SSO",
        "client_id": options.oidc_client,
        "secret": Path(options.oidc_secret_file).read_text("utf-8").strip(),
        "settings": {"server_url": options.oidc_server},
    }
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}}

"""What the installation writes down about itself: one JSON object a line, and never a secret.

Every line names the request, the tenant and, in a job, the job. Lines go to
`log/balai.log` in the data folder and to standard error (plain warnings only,
when a person looks on). Values that must not be written down are taken out in
one place, last of all, whoever logged them and however they came there.
"""

import logging
import re
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping
from pathlib import Path
from typing import Any

import structlog
from django.http import HttpRequest, HttpResponse
from structlog.typing import EventDict, Processor

from balai.base import tenancy
from balai.base.ids import uuid7

HIDDEN = "[disembunyikan]"

_SECRET_NAMES = re.compile(
    r"cookie|authori[sz]ation|passw|sandi|secret|token|session_?key|sessionid|api_?key|otp|\bnik\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"(?<![0-9a-fA-F])\d(?:[ .-]?\d){15}(?![0-9a-fA-F])")
"""NIK and other 16-digit numbers, also written in groups; not part of a longer number."""
_SECRET_TEXTS = [
    (re.compile(r"(?i)((?:set-)?cookie|authorization)(['\"]?\s*[:=]\s*)[^\r\n]+"), rf"\1\2{HIDDEN}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w+/=.~-]{6,}"), rf"\1 {HIDDEN}"),
    (
        re.compile(
            r"(?i)([\w-]*(?:passw(?:or)?d|sandi|secret|token|sessionid|api_?key))(['\"]?\s*[:=]\s*)"
            r"(?:'[^']*'|\"[^\"]*\"|[^\s&;,'\"]+)"
        ),
        rf"\1\2{HIDDEN}",
    ),
    (re.compile(r"(\w+://[^\s:/@]+:)[^\s@/]+@"), rf"\1{HIDDEN}@"),
    # Whoever reads the address of such a link can use it.
    (re.compile(r"(/(?:reset/key|confirm-email)/)[^/\s'\"]+"), rf"\1{HIDDEN}"),
]
_SIGNS = (
    "cookie", "authorization", "bearer", "basic", "passw", "sandi", "secret", "token", "sessionid", "apikey",
    "api_key", "://", "/reset/key/", "/confirm-email/",
)  # fmt: skip
"""In small letters; a text with none of these fits none of the patterns, which cost far more to look for."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_SILENT = ("/health", "/static/")


def scrubbed(value: Any) -> Any:
    """Return a value without what must not be written down: secrets by name, secrets by look."""
    if isinstance(value, str):
        return _scrubbed_text(value)
    if isinstance(value, Mapping):
        return {
            key: HIDDEN if isinstance(key, str) and _SECRET_NAMES.search(key) else scrubbed(held)
            for key, held in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [scrubbed(held) for held in value]
    if isinstance(value, bool | int | float | None):
        return scrubbed(str(value)) if isinstance(value, int) and len(str(value)) == 16 else value
    return scrubbed(str(value))


def _scrubbed_text(text: str) -> str:
    text = _NUMBER.sub(HIDDEN, text)
    small = text.casefold()
    for sign in _SIGNS:
        if sign in small:
            return _without_secrets(text)
    return text


def _without_secrets(text: str) -> str:
    for pattern, instead in _SECRET_TEXTS:
        text = pattern.sub(instead, text)
    return text


def _scrub(_logger: Any, _method: str, event: EventDict) -> EventDict:
    clean: EventDict = scrubbed(event)
    return clean


def _add_tenant(_logger: Any, _method: str, event: EventDict) -> EventDict:
    scope = tenancy.current_scope()
    if scope is not None:
        event.setdefault("tenant", scope.tenant)
    return event


_COMMON: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
    _add_tenant,
]


def formatter(*last: Processor) -> logging.Formatter:
    """Return a formatter for lines of ours and of every library alike."""
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[*_COMMON, structlog.stdlib.ExtraAdder(allow=["status_code"])],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.stdlib.PositionalArgumentsFormatter(),
            _scrub,
            *last,
        ],
    )


def json_formatter() -> logging.Formatter:
    return formatter(structlog.processors.JSONRenderer(ensure_ascii=False, default=str))


def plain_formatter() -> logging.Formatter:
    return formatter(structlog.dev.ConsoleRenderer(colors=False))


def configuration(folder: Path) -> dict[str, Any]:
    """Return Django's LOGGING for an installation that keeps its log in `folder`."""
    structlog.configure(
        processors=[*_COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    folder.mkdir(parents=True, exist_ok=True)
    person_looks_on = sys.stderr.isatty()
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {"()": "balai.site.logs.json_formatter"},
            "plain": {"()": "balai.site.logs.plain_formatter"},
        },
        "handlers": {
            # Reopened when logrotate has moved the file away.
            "file": {
                "class": "logging.handlers.WatchedFileHandler",
                "filename": str(folder / "balai.log"),
                "formatter": "json",
                "delay": True,
                "encoding": "utf-8",
            },
            "screen": {
                "class": "logging.StreamHandler",
                "formatter": "plain" if person_looks_on else "json",
                "level": "WARNING",
            },
        },
        "root": {"handlers": ["file", "screen"], "level": "INFO"},
        "loggers": {
            "django": {"handlers": [], "level": "INFO", "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # Told by our own line for each request, with its status.
            "django.request": {"level": "ERROR"},
            "django.tasks": {"level": "WARNING"},
            "httpx": {"level": "WARNING"},
        },
    }


log = structlog.get_logger("balai.request")


class RequestLogMiddleware:
    """Gives each request an id, sends it back in X-Request-ID, and writes one line when it is answered.

    The address is written without its query: searches and links may hold what is private.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        offered = request.headers.get("X-Request-ID", "")
        request_id = offered if _REQUEST_ID.fullmatch(offered) else str(uuid7())
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = request_id
            if response.status_code >= 500 or not request.path.startswith(_SILENT):
                log.info("answered", **_told(request, response, time.perf_counter() - began))
        return response


def _told(request: HttpRequest, response: HttpResponse, seconds: float) -> MutableMapping[str, Any]:
    actor = getattr(request, "actor", None)
    return {
        "method": request.method,
        "path": request.path,
        "status": response.status_code,
        "ms": round(seconds * 1000, 1),
        "actor": getattr(actor, "id", ""),
        "tenant": getattr(actor, "tenant", ""),
    }

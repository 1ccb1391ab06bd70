"""/health: the process lives. /ready: everything is in place, or what is not.

Both are for watchdogs and operators; they hold counts and ages, no data of anybody.
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from balai.base import seals, tenants, worker
from balai.base.access import public
from balai.base.errors import Refused
from balai.data import reads as data
from balai.definitions.calendar import decreed_to, surely_decreed_to
from balai.site import steps

log = structlog.get_logger(__name__)

WORKER_SILENCE = timedelta(seconds=30)
SEAL_AGE = timedelta(minutes=10)
CALENDAR_WARNING = timedelta(days=90)
"""How long before the last decreed year ends it is told that the next one is missing."""
LEAST_FREE = 300_000_000
"""Bytes; below, SQLite and uploads may fail at any moment."""


_WALLS = {
    "memory": gettext_lazy("batas memori bagi satu pertanyaan"),
    "other_user": gettext_lazy("pengguna sistem tersendiri bagi pembaca (jalankan layanan sebagai root)"),
    "no_writing": gettext_lazy("larangan menulis berkas oleh kernel (Landlock, Linux 6.2)"),
    "no_network": gettext_lazy("jaringan yang tertutup bagi pembaca (Landlock, Linux 6.7, atau root)"),
    "no_new_privileges": gettext_lazy("larangan menambah hak"),
}
"""What is said of a wall around the readers of data that does not stand."""


@dataclass(frozen=True)
class Finding:
    """One thing that must be in place: whether it is, and what was found."""

    name: str
    ok: bool
    found: str


def findings() -> Iterator[Finding]:
    """Yield every check; when the database does not answer, only that and what does not need it."""
    yield _disk()
    yield _assets()
    try:
        connection.ensure_connection()
    except DatabaseError:
        yield Finding("database", False, _("Basis data tidak menjawab."))
        return
    yield Finding("database", True, connection.vendor)
    for check in (_role, _migrations, _reference, _tenants, _worker, _journal, _calendar):
        yield _tried(check)
    yield _readers()


def _tried(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except DatabaseError as error:
        log.warning("ready_check_failed", check=check.__name__, error=repr(error)[:300])
        return Finding(check.__name__.strip("_"), False, _("Tidak dapat diperiksa; basis data menolak."))


def _disk() -> Finding:
    free = shutil.disk_usage(settings.DATA).free
    return Finding("disk", free >= LEAST_FREE, _("%(mb)s MB tersisa") % {"mb": free // 1_000_000})


def _assets() -> Finding:
    ok = any(settings.STATIC_ROOT.glob("*"))
    return Finding("assets", ok, "" if ok else _("Tampilan web belum dibangun; jalankan ./balai up."))


def _readers() -> Finding:
    """A missing wall is told and does not stop the service: two of the others still stand.

    Without a limit of memory, or with neither another user nor a kernel that refuses writing,
    one question could end or change what others read; then the installation is not ready.
    """
    try:
        walls = data.walls()
    except Refused as error:
        return Finding("readers", False, str(error))
    missing = [words for name, words in _WALLS.items() if not getattr(walls, name)]
    ok = walls.memory and (walls.other_user or walls.no_writing)
    if not missing:
        return Finding("readers", ok, _("semua dinding di sekitar pembaca data berdiri"))
    return Finding("readers", ok, _("tidak ada: %(walls)s") % {"walls": "; ".join(map(str, missing))})


def _role() -> Finding:
    """A role that is above row-level security would see every tenant's rows."""
    if connection.vendor != "postgresql":
        return Finding("role", True, _("tidak berlaku pada SQLite"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user"
        )
        name, is_super, bypasses = cursor.fetchone()
    if is_super or bypasses:
        told = _("Peran %(role)s melampaui pembatasan baris; pakai peran tanpa SUPERUSER dan BYPASSRLS.")
        return Finding("role", False, told % {"role": name})
    return Finding("role", True, name)


def _migrations() -> Finding:
    pending = steps.pending_migrations()
    return Finding("migrations", not pending, ", ".join(pending[:5]))


def _reference() -> Finding:
    missing = steps.missing()
    return Finding("reference", not missing, ", ".join(missing))


def _tenants() -> Finding:
    count = len(tenants.every())
    return Finding("tenants", count > 0, str(count))


def _worker() -> Finding:
    silence = worker.last_seen()
    if silence is None:
        return Finding("worker", False, _("Pekerja latar belum berjalan."))
    told = _("terlihat %(seconds)s detik lalu") % {"seconds": int(silence.total_seconds())}
    return Finding("worker", silence <= WORKER_SILENCE, told)


def _journal() -> Finding:
    waiting = [since for _tenant in tenants.visit() if (since := seals.oldest_unsealed()) is not None]
    if not waiting:
        return Finding("journal", True, _("semua tersegel"))
    age = timezone.now() - min(waiting)
    told = _("yang tertua menunggu segel %(seconds)s detik") % {"seconds": int(age.total_seconds())}
    return Finding("journal", age <= SEAL_AGE, told)


def _calendar() -> Finding:
    """A calendar that ends soon is told and does not stop the service: dates behind it are provisional."""
    try:
        until = min((decreed_to() for _tenant in tenants.visit()), default=surely_decreed_to())
    except Refused as error:
        return Finding("calendar", False, str(error))
    left = (until - timezone.localdate()).days
    if left >= CALENDAR_WARNING.days:
        return Finding("calendar", True, _("hari libur ditetapkan sampai %(day)s") % {"day": until})
    told = _(
        "PERINGATAN: hari libur tahun %(year)d belum ditetapkan. Tanggal sesudah %(day)s dihitung sementara. "
        "Isi tabel holidays dan holiday_decrees."
    )
    return Finding("calendar", True, told % {"year": until.year + 1, "day": until})


@require_safe
@public("a watchdog asks it; it says only that the process lives")
def health(request: HttpRequest) -> HttpResponse:
    return _kept_from_caches(HttpResponse("ok\n", content_type="text/plain; charset=utf-8"))


@require_safe
@public("a watchdog asks it; it tells what is in place and no data of anybody")
def ready(request: HttpRequest) -> HttpResponse:
    """Answer 200 when everything is in place, else 503; as JSON, as text to a browser."""
    found = list(findings())
    ok = all(finding.ok for finding in found)
    allowed = [part for part in settings.OPTIONS.outgoing_allow.split(",") if part]
    status = 200 if ok else 503
    if "text/html" in request.headers.get("Accept", ""):
        response = HttpResponse(
            _as_text(found, allowed), content_type="text/plain; charset=utf-8", status=status
        )
    else:
        told = {"ready": ok, "checks": [asdict(finding) for finding in found], "outgoing_allow": allowed}
        response = JsonResponse(told, status=status, json_dumps_params={"ensure_ascii": False, "indent": 1})
    return _kept_from_caches(response)


def _as_text(found: list[Finding], allowed: list[str]) -> str:
    lines = [f"{'✓' if finding.ok else '✗'} {finding.name}: {finding.found or 'ok'}" for finding in found]
    lines.append(f"OUTGOING_ALLOW: {', '.join(allowed) or _('kosong')}")
    lines.append(_("SIAP") if all(finding.ok for finding in found) else _("BELUM SIAP"))
    return "\n".join(lines) + "\n"


def _kept_from_caches(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response

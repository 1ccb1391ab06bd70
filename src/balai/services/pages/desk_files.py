"""A list as a file, written while it is sent; and the files of a case."""

import csv
import io
import re
from collections.abc import Iterator
from uuid import UUID

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from balai.base import excel
from balai.base.access import actor_of, needs
from balai.base.actor import Actor
from balai.base.errors import NotFound
from balai.base.handing_out import hand_out
from balai.data.rules.gate.values import FORMULA
from balai.places import reads as places
from balai.services import reads
from balai.services.models import Case
from balai.services.pages import desk_asked as asked_of
from balai.services.pages.desk_words import Words
from balai.services.reads import beside, lists
from balai.services.reads.lists import Selection
from balai.services.reads.queues import Line

"""Photos were drawn anew when they came in, so a page may show them; all else is a download."""
_TYPES = {"csv": "text/csv; charset=utf-8; header=present", "xlsx": excel.TYPE}
_FORMULA = re.compile(FORMULA)


@require_safe
@needs("services.read")
def export(request: HttpRequest, form: str) -> StreamingHttpResponse:
    """Give the list of an address as CSV or Excel, whole, with the right one has to see it on a page."""
    if form not in _TYPES:
        raise NotFound(_("Bentuk berkas itu tidak ada. Pilih CSV atau Excel."))
    actor, now = actor_of(request), timezone.now()
    asked = asked_of.selection(request.GET, actor, now)
    if lists.queues_of(actor):
        lists.selected(actor, asked)
    parts = _csv(actor, asked) if form == "csv" else _workbook(actor, asked)
    answer = StreamingHttpResponse(parts, content_type=_TYPES[form])
    stamp = f"{timezone.localdate(now):%Y-%m-%d}"
    answer["Content-Disposition"] = f'attachment; filename="layanan-{asked.queue.value}-{stamp}.{form}"'
    answer["Cache-Control"] = "private, no-store"
    answer["X-Accel-Buffering"] = "no"
    return answer


def _headings() -> list[str]:
    return [
        _("Nomor"), _("Layanan"), _("Status"), _("Perihal"), _("Kategori"), _("Perangkat daerah"),
        _("Petugas"), _("Kode wilayah"), _("Wilayah"), _("Cara masuk"), _("Diterima"), _("Jatuh tempo"),
        _("Pernah terlambat"), _("Ditutup"), _("Hari kerja terpakai"), _("Kali dibuka lagi"), _("Nilai"),
    ]  # fmt: skip


def _rows(actor: Actor, asked: Selection) -> Iterator[list[object]]:
    if not lists.queues_of(actor):
        return
    words, channels = Words(actor), {key: str(name) for key, name in Case.Channel.choices}
    regions: dict[str, str] = {}
    for found in lists.every(actor, asked):
        shown = [lists.as_line(one) for one in found]
        regions |= places.names({one.region_code for one in shown if one.region_code not in regions} - {""})
        for line, one in zip(shown, found, strict=True):
            yield [
                *_told(words, line, regions),
                channels.get(one["channel"], one["channel"]),
                timezone.localtime(line.received_at),
                timezone.localtime(line.due_at) if line.due_at else None,
                _("ya") if line.is_late else _("tidak"),
                timezone.localtime(one["closed_at"]) if one["closed_at"] else None,
                one["days_taken"],
                one["reopens"],
                one["score"],
            ]


def _told(words: Words, line: Line, regions: dict[str, str]) -> list[object]:
    return [
        line.number,
        words.service(line.service),
        words.state(line.service, line.state),
        line.subject,
        words.topic(line.service, line.topic),
        line.office_name or "",
        line.officer,
        line.region_code,
        regions.get(line.region_code, ""),
    ]


def _csv(actor: Actor, asked: Selection) -> Iterator[bytes]:
    out = io.StringIO()
    pen = csv.writer(out, lineterminator="\r\n")
    # The mark of the order of bytes lets Excel read the letters right.
    out.write("\ufeff")
    pen.writerow(_headings())
    for number, row in enumerate(_rows(actor, asked)):
        pen.writerow([_plain(cell) for cell in row])
        if number % 500 == 499:
            yield out.getvalue().encode()
            out.seek(0)
            out.truncate()
    yield out.getvalue().encode()


def _plain(cell: object) -> object:
    """Return a cell that no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, str) and _FORMULA.match(cell):
        return f"'{cell}"
    return cell.isoformat(timespec="seconds") if hasattr(cell, "isoformat") else cell


def _workbook(actor: Actor, asked: Selection) -> Iterator[bytes]:
    def notes(count: int, is_cut: bool) -> Iterator[tuple[str, str]]:
        yield _("Baris"), str(count)
        yield _("Dibuat"), timezone.localtime().isoformat(timespec="minutes")
        if is_cut:
            yield _("Terpotong"), _("Excel tidak memuat lebih banyak baris; ambil CSV.")

    return excel.workbook(_headings(), _rows(actor, asked), notes)


@require_safe
@needs("services.read")
def attachment(request: HttpRequest, service: str, number: str, file: UUID) -> FileResponse:
    """Give out a file of a case, to the officers of that case."""
    actor = actor_of(request)
    return hand_out(reads.file_of(actor, beside.key_of(actor, service, number), file).file)

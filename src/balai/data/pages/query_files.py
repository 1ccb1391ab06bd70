"""Answers as files: the whole of them, sent as the reader makes them."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Literal, cast, get_args

from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from balai.base import excel, writing
from balai.base.access import actor_of, needs
from balai.base.errors import Fault, Invalid, Refused
from balai.base.network import address_of
from balai.data.engines.reader import PULSE, Form
from balai.data.patience import GRACE
from balai.data.reads.asking import question
from balai.data.reads.queries import saved_query
from balai.data.reads.running import WHOLE, UnderWay, begin
from balai.data.reads.versions import Readable
from balai.data.rules import gate
from balai.data.rules.gate import Question

Kind = Literal["csv", "json", "parquet", "xlsx"]
KINDS: tuple[str, ...] = get_args(Kind)
_TYPES: dict[str, str] = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@require_POST
@needs("data.read")
def query_file(request: HttpRequest) -> HttpResponseBase:
    """Give the answer to the question of the editor as a file."""
    kind = request.POST.get("kind", "")
    return file(request, request.POST.get("sql", ""), kind, _("jawaban"), is_raw="mentah" in request.POST)


@require_safe
@needs("data.read")
def saved_query_file(request: HttpRequest, slug: str, kind: str) -> HttpResponseBase:
    """Give the answer to a saved question as a file, as whoever asks may see it."""
    row = saved_query(actor_of(request), slug)
    return file(request, row.text, kind, row.slug, is_raw="mentah" in request.GET)


def file(
    request: HttpRequest,
    text: str,
    kind: str,
    name: str,
    *,
    is_raw: bool,
    most_rows: int = WHOLE - 1,
    tables: Mapping[str, Readable] | None = None,
) -> HttpResponseBase:
    """Give the answer to a question as a file, its first row the names of its columns.

    Args:
        kind: "csv", "json", "parquet" or "xlsx".
        is_raw: of CSV: texts as they are, even where a spreadsheet would run them as formulas.
        tables: what the question may read, when not all that the actor may (an old version, say).

    Raises:
        Refused: by the gate, for want of a turn, or by the reader within the first second. What
            fails later leaves a file that cannot be read, and of CSV one whose last line says so.
    """
    if kind not in KINDS:
        raise Invalid([Fault("format", _("Bentuk berkas ini tidak dikenal."), ", ".join(KINDS))])
    actor = actor_of(request)
    most = min(most_rows, excel.MOST_ROWS) if kind == "xlsx" else most_rows
    asked = question(actor, text, most, tables)
    if kind == "csv" and not is_raw:
        asked = gate.guarded(asked)
    form = None if kind == "xlsx" else cast(Form, kind)
    under_way = begin(actor, asked, address=address_of(request), form=form, long=True)
    try:
        parts = _parts(under_way, asked, kind, text)
        first = _first(under_way, parts)
    except BaseException:
        under_way.close()
        raise
    response = StreamingHttpResponse(_sent(under_way, first, parts), content_type=_TYPES[kind])
    response._resource_closers.append(under_way.close)  # type: ignore[attr-defined]
    stamp = f"{timezone.localdate():%Y-%m-%d}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{stamp}.{kind}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _first(under_way: UnderWay, parts: Iterator[bytes]) -> bytes:
    """Return the first part where it comes within a second, so that a refusal still has its status."""
    until = time.monotonic() + GRACE
    while time.monotonic() < until:
        if under_way.is_ready(until - time.monotonic()):
            return next(parts, b"")
    return b""


def _parts(under_way: UnderWay, asked: Question, kind: str, text: str) -> Iterator[bytes]:
    while not under_way.is_ready(PULSE):
        yield b""
    if kind != "xlsx":
        yield from under_way.export().parts
        return
    with under_way.answer() as answer:
        names = [column.name for column in answer.columns]
        notes = _notes(text, lambda: answer.truncated)
        yield from excel.workbook(names, answer.pulsing(PULSE), notes)


def _sent(under_way: UnderWay, first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    with under_way:
        is_begun = bool(first)
        try:
            yield first
            for part in parts:
                is_begun |= bool(part)
                yield part
        except Refused as error:
            # The server ends a broken answer as if it were whole (measured with granian), so it has
            # to be said in the file. Files of the other kinds cannot be read without their end.
            yield f'{chr(10) if is_begun else ""}"{_("BERKAS INI TIDAK LENGKAP")}: {error}"\n'.encode()


def _notes(text: str, is_truncated: Callable[[], bool]) -> Callable[[int, bool], Iterator[tuple[str, str]]]:
    asked_at = timezone.now()

    def notes(count: int, is_cut: bool) -> Iterator[tuple[str, str]]:
        yield _("Pertanyaan"), text
        yield _("Dijalankan"), writing.moment(asked_at)
        yield _("Baris"), writing.number(count)
        if is_cut or is_truncated():
            yield (
                _("Terpotong"),
                _("Ya. Satu lembar Excel memuat paling banyak %(most)s baris; ambil CSV untuk semuanya.")
                % {"most": writing.number(excel.MOST_ROWS)},
            )
        else:
            yield _("Terpotong"), _("Tidak, semua baris ada.")

    return notes

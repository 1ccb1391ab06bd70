"""The rows of a resource as a file, streamed: `/datastore/dump/{id}`, in CKAN's forms.

The same parameters as `datastore_search`. Each form begins with `_id` where no columns are named.
The whole version without `_id` lies ready as a file at the address of the resource.
"""

import csv
import io
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from balai.base.errors import Refused
from balai.base.network import address_of
from balai.data.engines.reader import PULSE, Form
from balai.data.faces.ckan import rows
from balai.data.faces.ckan.asked import Asked
from balai.data.faces.ckan.faults import Wrong
from balai.data.faces.ckan.resources import facts_named
from balai.data.patience import GRACE
from balai.data.reads.asking import question
from balai.data.reads.running import WHOLE, UnderWay, begin
from balai.data.reads.versions import readable_version
from balai.data.rules.rows import MOST_OFFSET
from balai.data.sidefiles.shape import SideColumn

type Row = Sequence[Any]
type Writing = Callable[[Sequence[SideColumn], Iterator[Row]], Iterator[str]]

_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "json": "application/json; charset=utf-8",
    "xml": "text/xml; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
_BOM = b"\xef\xbb\xbf"
_ROWS_AT_ONCE = 500


def dump(asked: Asked, key: str) -> HttpResponseBase:
    """Return the file. Raises Refused, Wrong."""
    kind = asked.text("format", "csv").lower()
    if kind not in _KINDS:
        raise Wrong("format", _("Pilihannya: %(choices)s.") % {"choices": ", ".join(_KINDS)})
    code, known = facts_named(asked.actor, key)
    said = rows.wish(asked, known)
    table = readable_version(asked.actor, code, known.number)
    most = asked.number("limit", WHOLE - 1, WHOLE - 1)
    wanted = most if asked.text("limit") else None
    sql = rows.text(known, table, said, wanted, asked.number("offset", 0, MOST_OFFSET))
    sql = _named(sql, said)
    passing = question(asked.actor, sql, WHOLE - 1, {table.code: table})
    form: Form | None = "parquet" if kind == "parquet" else None
    under_way = begin(asked.actor, passing, address=address_of(asked.request), form=form, long=True)
    parts = _parts(under_way, kind, said.asked.columns)
    first = _BOM if asked.yes("bom") and kind in ("csv", "tsv") else b""
    try:
        # Up to here a refusal has a status of its own; afterwards the file breaks off and says so.
        first += _first(under_way, parts)
    except BaseException:
        under_way.close()
        raise
    response = StreamingHttpResponse(_sent(under_way, first, parts), content_type=_KINDS[kind])
    response._resource_closers.append(under_way.close)  # type: ignore[attr-defined]
    response.headers["Content-Disposition"] = f'attachment; filename="{code}-v{known.number}.{kind}"'
    response.headers["X-Accel-Buffering"] = "no"
    return response


def _named(sql: str, said: rows.Wish) -> str:
    """Return the question with `_id` as the name of the number in the file."""
    if rows.ID not in said.asked.columns:
        return sql
    mine, theirs = '"_rowid_"', '"_id"'
    names = ", ".join(
        f"{mine} AS {theirs}" if one == rows.ID else f'"{one.name}"' for one in said.asked.columns
    )
    return f"SELECT {names} FROM ({sql}) AS berkas"  # noqa: S608


def _parts(under_way: UnderWay, kind: str, columns: Sequence[SideColumn]) -> Iterator[bytes]:
    while not under_way.is_ready(PULSE):
        yield b""
    if kind == "parquet":
        with under_way.export() as made:
            yield from made.parts
        return
    with under_way.answer() as answer:
        for part in _WRITINGS[kind](columns, iter(answer.rows)):
            yield part.encode()


def _first(under_way: UnderWay, parts: Iterator[bytes]) -> bytes:
    until = time.monotonic() + GRACE
    while time.monotonic() < until:
        if under_way.is_ready(until - time.monotonic()):
            return next(parts, b"")
    return b""


def _sent(under_way: UnderWay, first: bytes, parts: Iterator[bytes]) -> Iterator[bytes]:
    with under_way:
        try:
            yield first
            yield from parts
        except Refused as error:
            # A server ends a broken answer as if it were whole, so it has to be said in the file.
            yield f'\n"{_("BERKAS INI TIDAK LENGKAP")}: {error}"\n'.encode()


def _names(columns: Sequence[SideColumn]) -> list[str]:
    return [one["id"] for one in rows.fields(columns)]


def _separated(delimiter: str) -> Writing:
    def written(columns: Sequence[SideColumn], found: Iterator[Row]) -> Iterator[str]:
        out = io.StringIO(newline="")
        writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
        writer.writerow(_names(columns))
        for some in _some(found):
            writer.writerows([[_text(cell) for cell in row] for row in some])
            yield out.getvalue()
            out.seek(0)
            out.truncate()
        yield out.getvalue()

    return written


def _as_json(columns: Sequence[SideColumn], found: Iterator[Row]) -> Iterator[str]:
    head = json.dumps(rows.fields(columns), ensure_ascii=False)
    yield f'{{\n  "fields": {head},\n  "records": ['
    between = "\n    "
    for some in _some(found):
        lines = [f"[{','.join(map(_in_json, row))}]" for row in some]
        yield between + ",\n    ".join(lines)
        between = ",\n    "
    yield "\n]}\n"


def _as_xml(columns: Sequence[SideColumn], found: Iterator[Row]) -> Iterator[str]:
    names = _names(columns)
    numbered = names[:1] == ["_id"]
    yield '<data xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
    for some in _some(found):
        yield "".join(_row_in_xml(names, row, numbered) for row in some)
    yield "</data>\n"


def _row_in_xml(names: Sequence[str], row: Row, numbered: bool) -> str:
    cells = list(zip(names, row, strict=True))
    head = f"<row _id={quoteattr(str(row[0]))}>" if numbered else "<row>"
    inner = "".join(_cell_in_xml(name, value) for name, value in (cells[1:] if numbered else cells))
    return f"{head}{inner}</row>\n"


def _cell_in_xml(name: str, value: object) -> str:
    if value is None:
        return f'<{name} xsi:nil="true"></{name}>'
    # Signs that XML 1.0 has no way to write are left out.
    text = "".join(sign for sign in _text(value) if sign >= " " or sign in "\t\n\r")
    return f"<{name}>{escape(text)}</{name}>"


_WRITINGS: Mapping[str, Writing] = {
    "csv": _separated(","),
    "tsv": _separated("\t"),
    "json": _as_json,
    "xml": _as_xml,
}


def _some(found: Iterator[Row]) -> Iterator[list[Row]]:
    some: list[Row] = []
    for row in found:
        some.append(row)
        if len(some) == _ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _in_json(value: object) -> str:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return json.dumps(value.isoformat() if isinstance(value, date) else value, ensure_ascii=False)

"""Actions that read rows: `datastore_search`, `datastore_search_sql`, `datastore_info`."""

import csv
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from balai.base.errors import Invalid, NotFound, Refused
from balai.base.later import exp, sqlglot
from balai.base.network import address_of
from balai.data.engines.reader import PULSE
from balai.data.faces.ckan import answers, rows
from balai.data.faces.ckan.asked import Asked, Rendered, action
from balai.data.faces.ckan.faults import Wrong
from balai.data.faces.ckan.index import index
from balai.data.faces.ckan.resources import facts_named, version_named
from balai.data.patience import Steps, answered
from balai.data.reads.running import begin, limits
from balai.data.reads.versions import readable_version
from balai.data.rules import gate
from balai.data.rules.gate import ColumnType, Table
from balai.data.rules.metadata import read
from balai.data.rules.rows import MOST_OFFSET, Form
from balai.data.sidefiles.shape import SideColumn

_FORMATS: Mapping[str, Form] = {"objects": "objects", "lists": "lists", "csv": "csv", "tsv": "csv"}
_TYPES = {
    ColumnType.TEXT: "text",
    ColumnType.INTEGER: "int8",
    ColumnType.DECIMAL: "numeric",
    ColumnType.DOUBLE: "float8",
    ColumnType.BOOLEAN: "bool",
    ColumnType.DATE: "date",
    ColumnType.TIMESTAMP: "timestamp",
}
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_MOST_TABLES = 30


@action("datastore_search")
def datastore_search(asked: Asked) -> Rendered:
    """Return rows of a resource: filtered, searched, sorted, counted, page by page."""
    key = asked.needed("resource_id", "id")
    code, known = facts_named(asked.actor, key)
    said = rows.wish(asked, known)
    written = asked.text("records_format", "objects")
    if written not in _FORMATS:
        raise Wrong("records_format", _("Pilihannya: %(choices)s.") % {"choices": ", ".join(_FORMATS)})
    limit = asked.number("limit", 100, rows.MOST_ROWS)
    offset = asked.number("offset", 0, MOST_OFFSET)
    with_total = asked.yes("include_total", True)
    found = rows.page(asked.actor, code, known, said, _FORMATS[written], limit, offset)
    head: dict[str, Any] = {
        "include_total": with_total,
        "limit": limit,
        "offset": offset,
        "records_format": written,
        "resource_id": key,
        "total_estimation_threshold": None,
        "fields": rows.fields(said.asked.columns),
        "_links": _links(asked, limit, offset),
    }
    head |= {name: asked.data[name] for name in ("q", "filters", "sort", "distinct") if name in asked.data}
    if with_total:
        head |= {"total": rows.total(asked.actor, code, known, said), "total_was_estimated": False}
    frame = json.dumps(head, ensure_ascii=False, default=str).encode()
    return Rendered(b"".join((frame[:-1], b', "records": ', _records(found, written), b"}")))


@action("datastore_info")
def datastore_info(asked: Asked) -> dict[str, Any]:
    """Return the columns of a resource with their meaning, and how many rows it has."""
    key = asked.needed("id", "resource_id")
    row, version = version_named(asked.actor, key)
    _code, known = facts_named(asked.actor, key)
    declared = {one.name: one for one in read(version.metadata).leaving}
    fields = [_told(one, declared, known.key) for one in known.columns]
    size = sum(file["bytes"] for file in version.files)
    meta = {
        "id": str(row.pk if version.pk == row.current_id else version.pk),
        "count": known.rows,
        "table_type": "BASE TABLE",
        "size": size,
        "db_size": size,
        "idx_size": 0,
        "aliases": [row.code] if version.pk == row.current_id else [],
        "version": known.number,
    }
    schema = {one["id"]: one["type"] for one in fields}
    return {"meta": meta, "fields": fields, "schema": schema, "primary_key": list(known.key)}


@action("datastore_search_sql")
def datastore_search_sql(asked: Asked) -> HttpResponseBase:
    """Answer one SELECT in the SQL of PostgreSQL; tables are called by the id of a resource, in quotes."""
    text = asked.needed("sql")
    return answered(asked.request, _asking(asked, text), "application/json;charset=utf-8")


def _asking(asked: Asked, text: str) -> Steps:
    """Ask a question in SQL, stopping while nothing comes; a refusal is an answer too, in CKAN's words."""
    name = "datastore_search_sql"
    try:
        most = min(limits(asked.actor).rows, rows.MOST_ROWS)
        question = gate.read_postgres(text, _tables(asked, text), most)
        with begin(asked.actor, question, address=address_of(asked.request)) as under_way:
            while not under_way.is_ready(PULSE):
                yield
            found = []
            with under_way.answer() as answer:
                for row in answer.pulsing(PULSE):
                    if row is None:
                        yield
                    else:
                        found.append(row)
    except Invalid as error:
        told = [str(fault) for fault in error.faults]
        return answers.refused(asked.base, name, Wrong("query", *told))
    except Refused as error:
        return answers.refused(asked.base, name, error)
    names = _names(text, [column.name for column in answer.columns])
    result: dict[str, Any] = {
        "sql": text,
        "fields": [
            {"id": name, "type": _TYPES.get(each.type, "text")}
            for name, each in zip(names, answer.columns, strict=True)
        ],
        "records": [dict(zip(names, map(_plain, row), strict=True)) for row in found],
    }
    if answer.truncated:
        result["records_truncated"] = True
    return answers.whole(asked.request, asked.base, name, result)


def _names(text: str, given: list[str]) -> list[str]:
    """Return the names of columns; those without one in the question are called as PostgreSQL calls them.

    Programs read `count` where `count(*)` was asked for. Two of one name keep their own.
    """
    tree = sqlglot.parse_one(text, dialect="postgres")
    selects = tree.selects if isinstance(tree, exp.Query) else []
    if len(selects) != len(given) or any(one.is_star for one in selects):
        return given
    found: list[str] = []
    for one, name in zip(selects, given, strict=True):
        usual = name if isinstance(one, exp.Alias | exp.Column) else _usual(one)
        found.append(name if usual in found or (usual != name and usual in given) else usual)
    return found


def _usual(one: "exp.Expr") -> str:
    while isinstance(one, exp.Cast | exp.Paren | exp.Window | exp.Filter):
        one = one.this
    match one:
        case exp.Column() | exp.Anonymous():
            return one.name.lower()
        case exp.Case():
            return "case"
        case exp.Func() if not isinstance(one, exp.Binary | exp.Connector):
            return one.sql_name().lower()
    return "?column?"


def _tables(asked: Asked, text: str) -> dict[str, Table]:
    """Return the resources a question may mean, under its names for them, as far as the actor may read."""
    known = index(asked.actor)
    said = text.lower()
    written = dict.fromkeys(re.findall(r"[a-z][a-z0-9_]*", said))
    named = [name for name in written if known.find(name) is not None]
    found = {}
    for name in [*dict.fromkeys(_UUID.findall(said)), *named][:_MOST_TABLES]:
        try:
            code, facts = facts_named(asked.actor, name)
        except NotFound:
            # The gate says that there is no such table, as of one that never was.
            continue
        table = readable_version(asked.actor, code, facts.number).table
        found[name] = replace(table, name=name)
    return found


def _plain(value: object) -> object:
    """Return a value as CKAN tells one of SQL: exact numbers and dates as text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def _told(one: SideColumn, declared: Mapping[str, Any], key: Sequence[str]) -> dict[str, Any]:
    column = declared.get(one.name) or declared[one.name.rpartition("_")[0]]
    kind = rows.TYPES[one.sort]
    return {
        "id": one.name,
        "type": kind,
        "schema": {
            "native_type": kind,
            "notnull": not column.optional,
            "is_index": one.name in key,
            "index_name": None,
            "uidx": list(key) == [one.name],
        },
        "info": {
            "label": column.meaning.id,
            "label_en": column.meaning.en,
            "notes": column.unit.id if column.unit else "",
            "type_override": "",
        },
    }


def _links(asked: Asked, limit: int, offset: int) -> dict[str, str]:
    """Return the addresses of the first page and the next one, as CKAN gives them."""
    said = {
        name: json.dumps(value, default=str) if isinstance(value, dict | list) else value
        for name, value in asked.data.items()
        if name != "offset"
    }
    start = f"/api/3/action/datastore_search?{urlencode(said)}"
    links = {"start": start, "next": f"{start}&{urlencode({'offset': offset + limit})}"}
    if offset > 0:
        links["prev"] = f"{start}&{urlencode({'offset': max(offset - limit, 0)})}"
    return links


def _records(found: bytes, written: str) -> bytes:
    if written in ("objects", "lists"):
        return found
    text = found.decode()
    return json.dumps(tabbed(text) if written == "tsv" else text, ensure_ascii=False).encode()


def tabbed(text: str) -> str:
    """Return CSV with tabs for its commas."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter="\t", lineterminator="\n").writerows(csv.reader(io.StringIO(text, newline="")))
    return out.getvalue()

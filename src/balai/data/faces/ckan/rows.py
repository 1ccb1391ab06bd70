"""Rows of one version as the DataStore gives them: with `_id`, numbers as numbers, by either engine.

`_id` counts the rows of a version from 1 in the order of their key, so it names a row within
that version alone.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from balai.base.actor import Actor
from balai.base.errors import Invalid
from balai.base.network import address_of
from balai.data.faces.ckan import words
from balai.data.faces.ckan.asked import Asked
from balai.data.faces.ckan.faults import Wrong
from balai.data.reads import rows_columns
from balai.data.reads.asking import ask, question
from balai.data.reads.rows_sqlite import TooFar, side
from balai.data.reads.running import begin
from balai.data.reads.versions import Readable, readable_version
from balai.data.rules.rows import Filter, Form, Op, RowsAsked
from balai.data.rules.rows import asked as checked
from balai.data.rules.transforms import text as text_of
from balai.data.sidefiles.shape import SideColumn, Sort, quoted
from balai.data.sidefiles.versions import Facts

MOST_ROWS = 32_000
"""As CKAN's `ckan.datastore.search.rows_max`; a larger limit is taken as this one, and told so."""
ID = SideColumn("_rowid_", "integer")
"""The number of a row: SQLite knows it by this name, and no declared column can have it."""
TYPES: Mapping[Sort, str] = {
    "text": "text",
    "region": "text",
    "integer": "int8",
    "money": "int8",
    "decimal": "numeric",
    "double": "float8",
    "date": "date",
    "boolean": "bool",
}
"""A column as PostgreSQL names its type, which is what CKAN tells."""
_PLACES = {"filter": "filters", "words": "q", "columns": "fields", "sort": "sort"}
_TOTALS = 4096


@dataclass(frozen=True)
class Wish:
    """Which rows are asked for.

    Attributes:
        tree: a search for words that side files cannot answer; None where `asked.words` says it all.
        address: where a visitor asks from, by which turns are taken.
    """

    asked: RowsAsked
    tree: words.Tree | None
    is_distinct: bool
    address: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether side files can answer it."""
        return self.tree is None and not self.is_distinct

    @property
    def names_rows(self) -> bool:
        """Whether the number of a row is shown, compared or sorted by."""
        columns = [*self.asked.columns, *(one for one, _greatest in self.asked.sort)]
        return ID in [*columns, *(each.column for each in self.asked.conditions)]


def wish(asked: Asked, known: Facts) -> Wish:
    """Read what CKAN's parameters ask for: filters, q, plain, distinct, fields, sort. Raises Wrong."""
    columns = (ID, *known.columns)
    names = [_own(str(name).strip().strip('"')) for name in asked.listed("fields")]
    found, tree = _words(asked, known)
    try:
        said = checked(columns, _filters(asked), found, _sort(asked), names)
    except Invalid as error:
        raise _wrong(error, known) from None
    is_distinct = asked.yes("distinct")
    shown = {one.name for one in said.columns}
    if is_distinct and any(one.name not in shown for one, _greatest in said.sort):
        raise Wrong("sort", _("Dengan distinct, urutkan hanya menurut kolom yang ditampilkan."))
    return Wish(said, tree, is_distinct, address_of(asked.request))


def page(actor: Actor, code: str, known: Facts, said: Wish, form: Form, limit: int, offset: int) -> bytes:
    """Return rows as JSON objects or lists, or as CSV without a header."""
    opened = side(known) if said.is_plain else None
    if opened:
        try:
            found, _count = opened.rows(said.asked, form, limit, offset)
            return _as_ckan(found, said.asked.columns, form)
        except TooFar:
            pass
    if limit == 0:
        return b"" if form == "csv" else b"[]"
    table = readable_version(actor, code, known.number)
    rows = [
        tuple(map(rows_columns._plain, row)) for row in _answered(actor, table, known, said, limit, offset)
    ]
    return _as_ckan(rows_columns._written(said.asked.columns, rows, form), said.asked.columns, form)


def total(actor: Actor, code: str, known: Facts, said: Wish) -> int:
    """Return how many rows fit, exact; with distinct, how many different ones."""
    if said.is_plain and not said.asked.conditions and not said.asked.words:
        return known.rows
    shown = said.asked.columns if said.is_distinct else ()
    key = (known.id, said.asked.conditions, said.asked.words, said.tree, shown)
    totals = _totals()
    if key not in totals:
        if len(totals) >= _TOTALS:
            totals.clear()
        totals[key] = _counted(actor, code, known, said)
    return totals[key]


def text(known: Facts, table: Readable, said: Wish, limit: int | None, offset: int) -> str:
    """Return the question as SQL for the gate."""
    asked = said.asked
    names = ", ".join(quoted(one.name) for one in asked.columns)
    parts = [f"SELECT {'DISTINCT ' if said.is_distinct else ''}{names} FROM"]
    parts.append(_source(known, table, said))
    parts.append(f"WHERE {_where(known, said)}")
    order = [f"{quoted(one.name)} {'DESC' if greatest else 'ASC'} NULLS LAST" for one, greatest in asked.sort]
    direction = "DESC NULLS FIRST" if asked.is_key_backwards else "ASC NULLS LAST"
    if said.is_distinct:
        sorted_by = {one.name for one, _greatest in asked.sort}
        order += [f"{quoted(one.name)} NULLS LAST" for one in asked.columns if one.name not in sorted_by]
    elif said.names_rows:
        order.append(f"{quoted(ID.name)} {direction}")
    else:
        order += [f"{quoted(name)} {direction}" for name in known.key]
    parts.append(f"ORDER BY {', '.join(order)}")
    if limit is not None:
        parts.append(f"LIMIT {limit}")
    if offset:
        parts.append(f"OFFSET {offset}")
    return " ".join(parts)


def fields(columns: Sequence[SideColumn]) -> list[dict[str, str]]:
    """Return columns as `fields` of an answer."""
    return [{"id": "_id" if one == ID else one.name, "type": _type(one)} for one in columns]


def _type(one: SideColumn) -> str:
    return "int" if one == ID else TYPES[one.sort]


@lru_cache(maxsize=1)
def _totals() -> dict[Any, int]:
    return {}


def _counted(actor: Actor, code: str, known: Facts, said: Wish) -> int:
    opened = side(known) if said.is_plain else None
    if opened:
        try:
            return opened.total(said.asked)
        except TooFar:
            pass
    table = readable_version(actor, code, known.number)
    names = ", ".join(quoted(one.name) for one in said.asked.columns)
    source = f"{_source(known, table, said)} WHERE {_where(known, said)}"
    sql = f"SELECT count(*) AS n FROM {source}"  # noqa: S608
    if said.is_distinct:
        sql = f"SELECT count(*) AS n FROM (SELECT DISTINCT {names} FROM {source}) AS asal_beda"  # noqa: S608
    ((found,),) = _asked(actor, table, sql, 1, said)
    return int(found)


def _answered(
    actor: Actor, table: Readable, known: Facts, said: Wish, limit: int, offset: int
) -> list[tuple[Any, ...]]:
    return _asked(actor, table, text(known, table, said, limit, offset), limit, said)


def _asked(actor: Actor, table: Readable, sql: str, most: int, said: Wish) -> list[tuple[Any, ...]]:
    tables = {table.code: table}
    if said.is_plain:
        with ask(actor, sql, most, tables) as answer:
            return [tuple(row) for row in answer.rows]
    # What no index helps waits for its turn, as questions in SQL do.
    passed = question(actor, sql, most, tables)
    with begin(actor, passed, address=said.address) as under_way, under_way.answer() as answer:
        return [tuple(row) for row in answer.rows]


def _source(known: Facts, table: Readable, said: Wish) -> str:
    if not said.names_rows:
        return quoted(table.code)
    key = ", ".join(f"{quoted(name)} NULLS LAST" for name in known.key)
    names = ", ".join(quoted(one.name) for one in known.columns)
    inner = f"SELECT row_number() OVER (ORDER BY {key}) AS {quoted(ID.name)}, {names}"
    return f"({inner} FROM {quoted(table.code)}) AS asal"


def _where(known: Facts, said: Wish) -> str:
    plain = rows_columns._where(known, said.asked)
    if said.tree is None:
        return plain
    texts = [one for one in known.columns if one.is_text]
    return f"{plain} AND {words.condition(said.tree, texts)}"


def _words(asked: Asked, known: Facts) -> tuple[str, words.Tree | None]:
    """Return the words side files look for, or the tree of a search they cannot answer."""
    given = asked.structured("q")
    if given is None or given == "" or given == {}:
        return "", None
    is_plain = asked.yes("plain", True)
    if isinstance(given, dict):
        named = {one.name: one for one in known.columns}
        if strange := [name for name in given if name not in named]:
            raise Wrong("q", _("Tidak ada kolom “%(name)s”.") % {"name": str(strange[0])[:80]})
        read = words.plain if is_plain else words.read
        trees = tuple(read(str(value), named[name]) for name, value in given.items() if str(value).strip())
        return "", words.Both(trees) if trees else None
    if not isinstance(given, str | int):
        raise Wrong("q", _("Tulis teks, atau kolom dan teksnya."))
    return (str(given), None) if is_plain else ("", words.read(str(given)))


def _filters(asked: Asked) -> list[Filter]:
    given = asked.structured("filters")
    if given is None or given == "":
        return []
    if not isinstance(given, dict):
        raise Wrong("filters", _("Tulis kolom dan nilainya, misalnya {“tahun”: 2026}."))
    return [_filter(_own(str(name)), value) for name, value in given.items()]


def _filter(name: str, value: Any) -> Filter:
    values = value if isinstance(value, list) else [value]
    if any(isinstance(one, dict | list) for one in values):
        raise Wrong("filters", _("Nilai saringan berupa teks, angka, atau daftarnya."))
    if values == [None]:
        return Filter(name, Op.MISSING)
    texts = tuple(text_of(one) or "" for one in values)
    return Filter(name, Op.IN if len(texts) != 1 else Op.EQUAL, texts)


def _sort(asked: Asked) -> list[str]:
    given = asked.data.get("sort")
    parts = given if isinstance(given, list) else asked.text("sort").split(",")
    return [_sorted_by(str(part).strip()) for part in parts if str(part).strip()]


def _sorted_by(part: str) -> str:
    found = re.fullmatch(r'("?)([^"]+?)\1(?:\s+(asc|desc))?(?:\s+nulls\s+last)?', part, re.IGNORECASE)
    if not found:
        raise Wrong(
            "sort",
            _("“%(part)s” tidak dapat dibaca sebagai urutan.") % {"part": part[:80]},
            _("Tulis misalnya tahun desc, nama. Nilai yang kosong selalu terakhir."),
        )
    return ("-" if (found[3] or "").lower() == "desc" else "") + _own(found[2])


def _own(name: str) -> str:
    """Return the name by which we know a column that CKAN names."""
    # A name nobody has is refused by name; ours for the number is not to be said by others.
    return ID.name if name == "_id" else "?_rowid_" if name == ID.name else name


def _wrong(error: Invalid, known: Facts) -> Wrong:
    columns = {one.name for one in (ID, *known.columns)}
    wrong = Wrong("filters")
    wrong.fields.clear()
    for fault in error.faults:
        place = "filters" if fault.place in columns else _PLACES.get(fault.place, fault.place)
        told = f"{fault.wrong} {fault.right}".strip().replace(ID.name, "_id")
        named = f"{fault.place}: {told}".replace(ID.name, "_id") if fault.place in columns else told
        wrong.fields.setdefault(place, []).append(named)
    return wrong


def _as_ckan(rows: bytes, columns: Sequence[SideColumn], form: Form) -> bytes:
    """Return rows with `_id` by its name and decimals as numbers, all of their digits kept.

    Within a text of JSON a quote has a backslash before it, so a name in quotes is the name.
    """
    if form == "csv":
        return rows[rows.index(b"\n") + 1 :]
    decimals = [one for one in columns if one.sort == "decimal"]
    if form == "lists":
        return _numbered(rows, columns) if decimals else rows
    if ID in columns:
        rows = rows.replace(b'"_rowid_":', b'"_id":')
    for one in decimals:
        rows = re.sub(rb'"%s":"(-?[0-9.]+)"' % one.name.encode(), rb'"%s":\1' % one.name.encode(), rows)
    return rows


def _numbered(rows: bytes, columns: Sequence[SideColumn]) -> bytes:
    places = [place for place, one in enumerate(columns) if one.sort == "decimal"]
    found = json.loads(rows)
    lines = []
    for row in found:
        cells = [json.dumps(cell, ensure_ascii=False) for cell in row]
        for place in places:
            cells[place] = "null" if row[place] is None else str(row[place])
        lines.append(f"[{','.join(cells)}]")
    return f"[{','.join(lines)}]".encode()

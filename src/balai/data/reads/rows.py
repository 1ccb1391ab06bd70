"""The rows of the version that stands: filtered, searched, sorted, counted, page by page.

    page = reads.rows(actor, "tax_bills", filters=[Filter("village_code", Op.EQUAL, ("35.07.01.2001",))],
                      sort=["-amount"], limit=100)

Side files answer where they are there and soon enough; the column store answers everything else
the same. Nobody need know which it was.
"""

import base64
import binascii
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _

from balai.base import tenancy
from balai.base.actor import Actor, Reach
from balai.base.errors import Fault, Invalid, NotFound
from balai.base.later import duckdb
from balai.data.columnar.lending import engine
from balai.data.columnar.shape import parquet
from balai.data.reads import rows_columns, sight
from balai.data.reads.rows_sqlite import Side, TooFar, side
from balai.data.reads.versions import readable_version
from balai.data.rules.rows import MOST_OFFSET, MOST_ROWS, Filter, Form, RowsAsked
from balai.data.rules.rows import asked as checked
from balai.data.sidefiles.making import profiled
from balai.data.sidefiles.shape import SideColumn
from balai.data.sidefiles.versions import Facts, facts

_A_CODE = "/code of the dataset/"
"""Stands in the written query where the code comes."""
_TOTALS = 4096
"""Totals a process remembers; each is of a version that never changes."""


@dataclass(frozen=True)
class RowsPage:
    """One page of rows.

    Attributes:
        columns: those of the page, in order, with their sorts.
        rows: JSON array of objects or of lists, or CSV with a header, as asked for. Decimals are text
            with all their digits, dates are ISO, a missing value is null (in CSV nothing).
        count: how many rows the page has.
        total: how many rows fit altogether, exact; None where it was not asked for.
        next: to be given back as `after` for the page that follows, "" on the last one. Without a
            total the page that follows a full one may be empty.
    """

    tenant: str
    code: str
    version: UUID
    number: int
    columns: tuple[SideColumn, ...]
    rows: bytes
    count: int
    total: int | None
    next: str


@dataclass(frozen=True)
class ColumnProfile:
    """What one column holds. Values are texts, the most frequent first with their number of rows."""

    name: str
    distinct: int
    missing: int
    least: str | None
    greatest: str | None
    top: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Profile:
    """What the columns of a version hold."""

    version: UUID
    number: int
    rows: int
    columns: tuple[ColumnProfile, ...]


@dataclass(frozen=True)
class RowsQuestion:
    """A question for rows of the version that stands, allowed and checked but not yet answered.

    Attributes:
        mark: the same for the same answer: of the version and all that was asked.
    """

    actor: Actor
    code: str
    facts: Facts
    asked: RowsAsked
    form: Form
    limit: int
    offset: int
    with_total: bool
    mark: str


def rows(
    actor: Actor,
    code: str,
    *,
    filters: Sequence[Filter] = (),
    words: str = "",
    sort: Sequence[str] = (),
    columns: Sequence[str] = (),
    limit: int = 100,
    after: str = "",
    offset: int = 0,
    with_total: bool = True,
    form: Form = "objects",
) -> RowsPage:
    """Return a page of the rows of a dataset.

    Args:
        filters: all of them hold.
        words: each is somewhere in the texts of the row; case does not matter.
        sort: names of columns, "-" before one whose greatest comes first; missing values come last,
            then the order of the key.
        columns: those wanted, in order; all when empty.
        limit: rows of the page, at most MOST_ROWS; 0 only counts.
        after: `next` of the page before. Either this or `offset`.
        form: "objects", "lists" or "csv".

    Raises:
        NotFound: no such dataset that the actor may see.
        Invalid: a name or value that does not fit, or an `after` that is not of this question.
        TooLong, TooMuchMemory, Busy, Gone: the column store was needed and could not.
    """
    return answer_rows(
        rows_question(
            actor,
            code,
            filters=filters,
            words=words,
            sort=sort,
            columns=columns,
            limit=limit,
            after=after,
            offset=offset,
            with_total=with_total,
            form=form,
        )
    )


def rows_question(
    actor: Actor,
    code: str,
    *,
    filters: Sequence[Filter] = (),
    words: str = "",
    sort: Sequence[str] = (),
    columns: Sequence[str] = (),
    limit: int = 100,
    after: str = "",
    offset: int = 0,
    with_total: bool = True,
    form: Form = "objects",
) -> RowsQuestion:
    """Check what `rows` would answer, and mark it, so that who has the answer need not get it again."""
    known = standing(actor, code)
    wanted = checked(known.columns, filters, words, sort, columns)
    limit = min(max(limit, 0), MOST_ROWS)
    digest = _digest(known, wanted)
    start = _offset(after, digest) if after else min(max(offset, 0), MOST_OFFSET)
    said = f"{digest}{[one.name for one in wanted.columns]}{limit},{start},{with_total},{form}"
    mark = hashlib.blake2b(said.encode(), digest_size=16).hexdigest()
    return RowsQuestion(actor, code, known, wanted, form, limit, start, with_total, mark)


def answer_rows(question: RowsQuestion) -> RowsPage:
    """Answer a checked question. Raises as `rows`."""
    known, asked = question.facts, question.asked
    opened = side(known)
    total = _total(question, opened) if question.with_total else None
    start = question.offset
    text, count = _found(question, opened)
    more = count == question.limit > 0 if total is None else start + count < total and count > 0
    following = _cursor(_digest(known, asked), start + count) if more else ""
    return RowsPage(
        known.tenant,
        question.code,
        known.id,
        known.number,
        asked.columns,
        text,
        count,
        total,
        following,
    )


def profile(actor: Actor, code: str) -> Profile:
    """Return what the columns of the version that stands hold, exact.

    Kept with the side files; until they are made each call reads the whole version.

    Raises:
        NotFound: no such dataset that the actor may see.
    """
    known = standing(actor, code)
    opened = side(known)
    return _profile(known, json.loads(opened.profile()) if opened else _profiled_now(actor, code, known))


def _profiled_now(actor: Actor, code: str, known: Facts) -> dict[str, Any]:
    table = readable_version(actor, code, known.number).table
    if table.file.suffix == ".duckdb":
        with duckdb.connect(str(table.file), read_only=True) as duck:
            return profiled(duck, known.columns)
    with engine() as duck:
        duck.execute(f"CREATE VIEW rows AS SELECT * FROM {parquet([table.file])}")  # noqa: S608
        return profiled(duck, known.columns)


def _profile(known: Facts, read: dict[str, Any]) -> Profile:
    columns = tuple(
        ColumnProfile(**{**one, "top": tuple((value, number) for value, number in one["top"])})
        for one in read["columns"]
    )
    return Profile(known.id, known.number, read["rows"], columns)


def standing(actor: Actor, code: str) -> Facts:
    """Return the version that stands of a dataset the actor may read, by one query. Raises NotFound."""
    with tenancy.widened(tenancy.NATIONAL) as scope:
        sql, values = _standing_sql(actor.tenant, frozenset(actor.verbs.items()), actor.offices, scope.reads)
        with connection.cursor() as cursor:
            cursor.execute(sql, [code if value == _A_CODE else value for value in values])
            found = cursor.fetchall()
        for _tenant, version in sorted(found, key=lambda row: row[0] != actor.tenant):
            # Read once within the scope that may read it.
            return facts(version if isinstance(version, UUID) else UUID(version))
    raise NotFound(_("Tidak ada set data “%(code)s”.") % {"code": code})


@lru_cache(maxsize=256)
def _standing_sql(
    tenant: str, verbs: frozenset[tuple[str, Reach]], offices: frozenset[str], scope: tuple[str, ...]
) -> tuple[str, tuple[Any, ...]]:
    """Return the query of `sight.published` for everybody who sees alike, written once.

    Django took 1.1 ms to write it anew for each answer, more than everything else together.
    `scope` is that in force, whose rows the query keeps to.
    """
    seen = sight.published(Actor("", "", tenant, dict(verbs), offices))
    rows = seen.filter(code=_A_CODE).values_list("tenant", "current_id")
    sql, values = rows.query.sql_with_params()
    return sql, tuple(values)


def _total(question: RowsQuestion, opened: Side | None) -> int:
    known, asked = question.facts, question.asked
    if not asked.conditions and not asked.words:
        return known.rows
    digest = _digest(known, RowsAsked(asked.conditions, asked.words, (), known.columns))
    found = _kept_totals().get(digest)
    if found is None:
        found = _counted(question, opened)
        _kept_totals().put(digest, found)
    return found


def _counted(question: RowsQuestion, opened: Side | None) -> int:
    if opened:
        try:
            return opened.total(question.asked)
        except TooFar:
            pass
    table = readable_version(question.actor, question.code, question.facts.number)
    return rows_columns.total(question.actor, question.facts, table, question.asked)


def _found(question: RowsQuestion, opened: Side | None) -> tuple[bytes, int]:
    if opened:
        try:
            return opened.rows(question.asked, question.form, question.limit, question.offset)
        except TooFar:
            pass
    table = readable_version(question.actor, question.code, question.facts.number)
    return rows_columns.rows(
        question.actor,
        question.facts,
        table,
        question.asked,
        question.form,
        question.limit,
        question.offset,
    )


class _Totals:
    """The totals counted last, by question."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def get(self, digest: str) -> int | None:
        return self._known.get(digest)

    def put(self, digest: str, total: int) -> None:
        if len(self._known) >= _TOTALS:
            self._known.clear()
        self._known[digest] = total


@lru_cache(maxsize=1)
def _kept_totals() -> _Totals:
    return _Totals()


def _digest(known: Facts, asked: RowsAsked) -> str:
    """Return what tells questions apart in which rows they have, and in which order."""
    conditions = [
        (each.column.name, each.op.value, list(map(repr, each.values))) for each in asked.conditions
    ]
    order = [(one.name, greatest) for one, greatest in asked.sort]
    said = json.dumps([str(known.id), conditions, asked.words, order])
    return hashlib.blake2b(said.encode(), digest_size=12).hexdigest()


def _cursor(digest: str, offset: int) -> str:
    return base64.urlsafe_b64encode(f"{digest}{offset:x}".encode()).decode().rstrip("=")


def _offset(after: str, digest: str) -> int:
    """Return the place a cursor of this question stands for. Raises Invalid."""
    try:
        told = base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)).decode()
        offset = int(told[24:], 16)
    except (ValueError, binascii.Error):
        told, offset = "", -1
    if told[:24] != digest or not 0 <= offset <= MOST_OFFSET:
        wrong = _("Halaman ini milik pertanyaan lain, atau datanya sudah berganti versi.")
        raise Invalid([Fault("after", wrong, _("Mulai lagi dari halaman pertama."))])
    return offset
